// Signals, permission bits and links are the kernel's: these tests are for Linux.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
