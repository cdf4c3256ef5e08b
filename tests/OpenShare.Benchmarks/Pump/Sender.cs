using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace OpenShare.Benchmarks.Pump;

/// <summary>Reads, hashes, seals, sends: a thread for each.</summary>
internal static class Sender
{
    // What a handshake would agree on.
    internal static readonly byte[] Key = new byte[32];

    internal static void Run(string file, IPEndPoint to)
    {
        using var source = File.OpenHandle(file, options: FileOptions.SequentialScan);
        using var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var key = new ChaCha20Poly1305(Key);
        socket.Connect(to);
        var (offset, hash) = (0L, new byte[SHA256.HashSizeInBytes]);
        Line.Run(
            block =>
            {
                block.Length = RandomAccess.Read(source, block.Space, offset);
                (block.Number, offset) = (offset, offset + block.Length);
            },
            block => SHA256.HashData(block.Text, hash),
            block => block.Seal(key),
            block => SendAll(socket, block.Record));
        // Until the other side has it all.
        socket.Receive(new byte[1]);
    }

    private static void SendAll(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[socket.Send(bytes)..];
    }
}
