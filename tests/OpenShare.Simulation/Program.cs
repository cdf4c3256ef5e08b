using System.CommandLine;
