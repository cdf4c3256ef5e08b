using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OpenShare.Simulation.Time;

namespace OpenShare.Simulation.Network.Observing;

/// <summary>A running hash over everything on the wire, with its times; and lines to read where they are wanted.</summary>
/// <param name="line">gets each line, in the form of the trace's; null: no lines, which is much cheaper</param>
public sealed class NetworkTrace(SimulationQueue queue, Action<string>? line = null) : INetworkObserver, IDisposable
{
    private const int NoteBytes = 24;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _notes = new byte[200 * NoteBytes];
    private int _noted;

    private enum Kind
    {
        Dialled,
        Connected,
        Sent,
        Delivered,
        Dropped,
        Broken,
    }

    /// <summary>Of all that happened so far, in hexadecimal.</summary>
    public string Hash
    {
        get
        {
            Flush();
            return Convert.ToHexStringLower(_hash.GetCurrentHash());
        }
    }

    public void Dialled(NetworkFlow flow)
    {
        Note(Kind.Dialled, flow, 0);
        line?.Invoke(Line(flow, $"dials {flow.Destination}"));
    }

    public void Connected(NetworkFlow flow)
    {
        Note(Kind.Connected, flow, 0);
        line?.Invoke(Line(flow, $"is connected to {flow.Destination}"));
    }

    public void Sent(NetworkFlow flow, ReadOnlySpan<byte> bytes)
    {
        Note(Kind.Sent, flow, bytes.Length);
        Flush();
        _hash.AppendData(bytes);
        line?.Invoke(Line(flow, $"-> {flow.Destination} {bytes.Length} bytes {Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}"));
    }

    public void Delivered(NetworkFlow flow, string to, int bytes)
    {
        Note(Kind.Delivered, flow, bytes, to);
        line?.Invoke(Line(flow, $"{bytes} bytes are at {to}"));
    }

    public void Dropped(NetworkFlow flow, string to, DropReason reason)
    {
        Note(Kind.Dropped, flow, (int)reason, to);
        line?.Invoke(Line(flow, $"-> {flow.Destination} did not reach {to}: {reason}"));
    }

    public void Broken(NetworkFlow flow, string reason)
    {
        Note(Kind.Broken, flow, 0);
        line?.Invoke(Line(flow, $"loses {flow.Destination}: {reason}"));
    }

    public void Dispose() => _hash.Dispose();

    private string Line(NetworkFlow flow, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{queue.Elapsed.TotalSeconds,12:0.000000} {flow.From}: {what}");

    private void Note(Kind kind, NetworkFlow flow, int number, string to = "")
    {
        var name = Encoding.UTF8.GetByteCount(to);
        if (_noted + NoteBytes + name > _notes.Length)
            Flush();
        if (NoteBytes + name > _notes.Length)
            throw new ArgumentException("A host's name is too long.", nameof(to));
        var note = _notes.AsSpan(_noted, NoteBytes + name);
        BinaryPrimitives.WriteInt64LittleEndian(note, queue.Elapsed.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(note[8..], flow.Number);
        BinaryPrimitives.WriteInt32LittleEndian(note[16..], number);
        BinaryPrimitives.WriteInt32LittleEndian(note[20..], (int)kind);
        Encoding.UTF8.GetBytes(to, note[NoteBytes..]);
        _noted += note.Length;
    }

    private void Flush()
    {
        _hash.AppendData(_notes, 0, _noted);
        _noted = 0;
    }
}
