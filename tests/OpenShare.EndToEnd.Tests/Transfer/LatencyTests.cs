using System.Diagnostics;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Transfer;

/// <summary>Over a path whose answers are late nothing that there is much of is waited for one by one: no page of the file list, and no chunk.</summary>
[Collection(Processes.Name)]
public sealed class LatencyTests(SharedPair shared) : IClassFixture<SharedPair>
{
    private const int OneWay = 100;

    private static readonly TimeSpan s_roundTrip = TimeSpan.FromMilliseconds(2 * OneWay);

    [Fact]
    public async Task No_page_of_the_file_list_of_many_files_costs_a_round_trip()
    {
        const int Files = 3000, PathBytes = 2000, PageBytes = 128 * 1024;
        const int Pages = Files * PathBytes / PageBytes;

        var later = await LaterAsync((pair, name) => MakeTree(pair.Outgoing("many files, " + name), Files, PathBytes));

        Assert.True(later < s_roundTrip * (Pages / 2), $"{later.TotalSeconds:0.0} s later");
    }

    [Fact]
    public async Task No_chunk_of_a_large_file_costs_a_round_trip()
    {
        const int Chunks = 64;

        var later = await LaterAsync((pair, name) => pair.File("large file, " + name, Chunks * Samples.MiB));

        Assert.True(later < s_roundTrip * (Chunks / 4), $"{later.TotalSeconds:0.0} s later");
    }

    /// <returns>by how much a transfer over the late path took longer than one as large over a prompt one</returns>
    private async Task<TimeSpan> LaterAsync(Func<Pair, string, string> make)
    {
        var pair = await shared.ReadyAsync();
        (await pair.Alice.SendAsync(pair.Bob, pair.File("to be linked", 1))).EndedWith(0);
        var prompt = await TimeAsync(pair, make(pair, "prompt"));

        pair.Relay.Tell($"delay {OneWay}");
        var late = await TimeAsync(pair, make(pair, "late"));
        Assert.True(late > s_roundTrip, $"nothing was late: {late.TotalSeconds:0.00} s");
        return late - prompt;
    }

    private static async Task<TimeSpan> TimeAsync(Pair pair, string path)
    {
        var clock = Stopwatch.StartNew();
        var sent = (await pair.Alice.SendAsync(pair.Bob, path)).EndedWith(0).Json;
        var time = clock.Elapsed;
        // The receiver had nothing of it: all has travelled.
        Assert.Equal(0, sent.Number("bytes_reused"));
        Samples.AssertSame(path, pair.Bob.Received(Path.GetFileName(path)));
        return time;
    }

    /// <summary>Small files whose paths within the tree have so many bytes, so that their names fill many pages.</summary>
    private static string MakeTree(string path, int files, int pathBytes)
    {
        const int Name = 200;
        var folder = Path.Combine([path, .. Enumerable.Repeat(new string('f', Name - 1), (pathBytes / Name) - 1)]);
        for (var i = 0; i < files; i++)
            Samples.MakeFile(Path.Combine(folder, $"{Path.GetFileName(path)} {i}".PadRight(Name, 'n')), 100);
        return path;
    }
}
