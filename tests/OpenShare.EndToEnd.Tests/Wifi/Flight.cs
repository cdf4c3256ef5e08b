using System.Diagnostics;
using System.Globalization;
using OpenShare.EndToEnd.Tests.Harness;

namespace OpenShare.EndToEnd.Tests.Wifi;

/// <summary>One file on its way from Alice to Bob, and what is counted of it.</summary>
internal sealed class Flight : IDisposable
{
    /// <summary>The most that may be sealed again after a cut: 4 streams, 4 chunks of 1 MiB under way on each.</summary>
    public const long Window = 4 * 4 * Samples.MiB;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly WirelessPair _pair;
    private readonly string _file;
    private readonly long _size;
    private readonly long _sealed;
    private readonly long _received;
    private readonly RunningProcess _send;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private string _notes = "";

    private Flight(WirelessPair pair, string file, long @sealed, long received)
    {
        (_pair, _file, _sealed, _received) = (pair, file, @sealed, received);
        _size = new FileInfo(file).Length;
        _send = pair.Alice.StartSend(pair.Bob, file);
    }

    public static async Task<Flight> BeginAsync(WirelessPair pair, string name, long size) => new(
        pair, pair.File(name, size), await Metrics.OfAsync(pair.Alice, Metrics.Sealed), await Metrics.OfAsync(pair.Bob, Metrics.Received));

    /// <summary>Waits until this share of it is at Bob's.</summary>
    public async Task IsAtAsync(double share)
    {
        var bytes = (long)(_size * share);
        await Eventually.TrueAsync($"{bytes} bytes are at bob's: {_send} {_pair.Bob.Agent}", s_patience, async () => await ReceivedAsync() >= bytes);
    }

    /// <summary>Waits until a byte arrives that has not been there now, and notes how long that took.</summary>
    public async Task<TimeSpan> MovesAsync()
    {
        var (clock, before) = (Stopwatch.StartNew(), await ReceivedAsync());
        await Eventually.TrueAsync($"it goes on: {_send} {_pair.Alice.Agent} {_pair.Bob.Agent}", s_patience, async () => await ReceivedAsync() > before);
        _notes += string.Create(CultureInfo.InvariantCulture, $"goes on after {clock.Elapsed.TotalSeconds:0.0} s");
        return clock.Elapsed;
    }

    /// <summary>It ends by itself, whole, with a receipt; and little of it was sealed twice.</summary>
    /// <param name="cuts">links that may have been lost under it</param>
    /// <param name="note">for the table</param>
    /// <returns>MB/s</returns>
    public async Task<double> EndsAsync(string scenario, int cuts, string note = "", TimeSpan? within = null)
    {
        var sent = (await _send.EndAsync(within ?? s_patience)).EndedWith(0).Json;
        var (seconds, bytes) = (_clock.Elapsed.TotalSeconds, await Metrics.OfAsync(_pair.Alice, Metrics.Sealed) - _sealed);
        Samples.AssertSame(_file, _pair.Bob.Received(Path.GetFileName(_file)));
        await Transfers.AssertReceiptAsync(_pair.Alice, _pair.Bob, sent.Text("transfer_id")!);
        Assert.InRange(bytes, _size, _size + (cuts * Window));
        Scale.Report(string.Create(CultureInfo.InvariantCulture,
            $"| {scenario} | {_size / Samples.MiB} MiB | {seconds:0.0} | {_size / seconds / 1e6:0.0} | {bytes / (double)_size:0.000} | {_notes}{note} |"));
        File.Delete(_file);
        File.Delete(_pair.Bob.Received(Path.GetFileName(_file)));
        return _size / seconds / 1e6;
    }

    public void Dispose() => _send.Dispose();

    private async Task<long> ReceivedAsync() => await Metrics.OfAsync(_pair.Bob, Metrics.Received) - _received;
}
