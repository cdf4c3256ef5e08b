using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace OpenShare.Benchmarks.Pump;

/// <summary>Receives, opens, hashes, writes: a thread for each.</summary>
internal static class Receiver
{
    internal static void Run(IPEndPoint at, string file)
    {
        using var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(at);
        listener.Listen();
        using var socket = listener.Accept();
        using var destination = File.OpenHandle(file, FileMode.Create, FileAccess.Write);
        using var key = new ChaCha20Poly1305(Sender.Key);
        var (offset, hash) = (0L, new byte[SHA256.HashSizeInBytes]);
        Line.Run(
            block =>
            {
                ReceiveAll(socket, block.Start);
                block.Length = BitConverter.ToInt32(block.Start);
                ReceiveAll(socket, block.Record[Block.Head..]);
                (block.Number, offset) = (offset, offset + block.Length);
            },
            block => block.Open(key),
            block => SHA256.HashData(block.Text, hash),
            block => RandomAccess.Write(destination, block.Text, block.Number));
        socket.Send([1]);
    }

    private static void ReceiveAll(Socket socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var received = socket.Receive(bytes);
            if (received == 0)
                throw new IOException("The other side ended in the middle.");
            bytes = bytes[received..];
        }
    }
}
