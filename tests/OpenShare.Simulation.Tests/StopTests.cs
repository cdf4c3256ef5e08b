namespace OpenShare.Simulation.Tests;

/// <summary>A device stops in the simulated world as in the real one: by messages, on its one thread.</summary>
public sealed class StopTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("openshare-simulation-").FullName;

    [Fact]
    public async Task Who_stops_says_goodbye_and_then_that_he_has()
    {
        // On a thread of its own: the test's may have a context that takes what is awaited to others.
        var course = new TaskCompletionSource<string?>();
        new Thread(() => course.SetResult(Record.Exception(Course)?.ToString())).Start();

        Assert.Null(await course.Task.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Course()
    {
        using var lan = new Lan(1);
        var (alice, bob) = (lan.Device("alice", Path.Combine(_folder, "alice")), lan.Device("bob", Path.Combine(_folder, "bob")));
        Assert.True(lan.RunUntil(() => alice.Sees(bob), TimeSpan.FromMinutes(1)));

        bob.Stop();

        Assert.True(lan.RunUntil(() => bob.IsStopped, TimeSpan.FromSeconds(10)));
        Assert.True(lan.RunUntil(() => !alice.Sees(bob), TimeSpan.FromSeconds(2)));
    }
}
