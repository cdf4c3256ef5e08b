namespace OpenShare.Device.Tests.Support;

/// <summary>For tests that look at the whole of this process, while no other test works in it.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
