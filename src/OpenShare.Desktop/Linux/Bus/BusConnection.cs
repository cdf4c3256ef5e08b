using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace OpenShare.Desktop.Linux.Bus;

/// <summary>A connection to a message bus: calls and their answers, signals, and objects that others call.</summary>
internal sealed class BusConnection : IAsyncDisposable
{
    internal const string Bus = "org.freedesktop.DBus";
    private const string BusPath = "/org/freedesktop/DBus";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _closed = new();
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<BusMessage>> _calls = new();
    private readonly ConcurrentDictionary<string, IBusObject> _objects = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action<BusMessage> _signals = _ => { };
    private uint _serial;

    private BusConnection(Socket socket) => _stream = new NetworkStream(socket, ownsSocket: true);

    /// <summary>This connection's own name on the bus.</summary>
    internal string UniqueName { get; private set; } = "";

    /// <summary>Completed when the bus is gone.</summary>
    internal Task Ended => _ended.Task;

    /// <exception cref="IOException">there is no bus</exception>
    internal static async Task<BusConnection> OpenAsync(string address, CancellationToken cancellation)
    {
        var endpoint = BusAddress.Parse(address) ?? throw new IOException($"'{address}' is no address of a session bus.");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        BusConnection? bus = null;
        try
        {
            await socket.ConnectAsync(endpoint, cancellation);
            bus = new BusConnection(socket);
            await bus.AuthenticateAsync(cancellation);
            _ = bus.ListenAsync();
            bus.UniqueName = (string)(await bus.CallBusAsync("Hello", BusBody.Empty, cancellation)).Values[0];
            return bus;
        }
        catch (Exception e)
        {
            if (bus is not null)
                await bus.DisposeAsync();
            socket.Dispose();
            if (e is SocketException or BusException)
                throw new IOException(e.Message, e);
            throw;
        }
    }

    /// <summary>Before anything else that happens is told: signals are told one after the other.</summary>
    internal void OnSignal(Action<BusMessage> told) => _signals += told;

    internal void Export(string path, IBusObject exported) => _objects[path] = exported;

    internal async Task<BusBody> CallBusAsync(string member, BusBody body, CancellationToken cancellation) =>
        (await CallAsync(Bus, BusPath, Bus, member, body, cancellation)).Body;

    internal Task ListenToAsync(string rule, CancellationToken cancellation) => CallBusAsync("AddMatch", new BusBody("s", rule), cancellation);

    /// <param name="came">each time that another connection than before has the name</param>
    internal Task WatchNameAsync(string name, Action came, CancellationToken cancellation)
    {
        OnSignal(signal =>
        {
            if (signal is { Sender: Bus, Member: "NameOwnerChanged", Body.Values: [string changed, _, string { Length: > 0 }] } && changed == name)
                came();
        });
        return ListenToAsync($"type='signal',sender='{Bus}',member='NameOwnerChanged',arg0='{name}'", cancellation);
    }

    /// <exception cref="BusException">it was refused, or nobody answers</exception>
    /// <exception cref="IOException">the bus is gone</exception>
    internal async Task<BusMessage> CallAsync(string destination, string path, string @interface, string member, BusBody body, CancellationToken cancellation)
    {
        var serial = Interlocked.Increment(ref _serial);
        var answer = new TaskCompletionSource<BusMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[serial] = answer;
        try
        {
            if (_ended.Task.IsCompleted)
                throw new IOException("The session bus is gone.");
            await SendAsync(new BusMessage(BusMessageType.MethodCall)
            {
                Serial = serial, Destination = destination, Path = path, Interface = @interface, Member = member, Body = body,
            }, cancellation);
            var message = await answer.Task.WaitAsync(Patience, cancellation);
            return message.Type == BusMessageType.MethodReturn
                ? message
                : throw new BusException(message.ErrorName ?? "", message.Body.Values.FirstOrDefault() as string ?? "");
        }
        catch (TimeoutException)
        {
            throw new BusException("org.freedesktop.DBus.Error.NoReply", $"{destination} does not answer.");
        }
        finally
        {
            _calls.TryRemove(serial, out _);
        }
    }

    internal Task EmitAsync(string path, string @interface, string member, BusBody body) => SendAsync(
        new BusMessage(BusMessageType.Signal) { Serial = Interlocked.Increment(ref _serial), Path = path, Interface = @interface, Member = member, Body = body }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _stream.DisposeAsync();
        End();
    }

    // Who we are the bus asks the kernel: an empty answer to EXTERNAL says that.
    private async Task AuthenticateAsync(CancellationToken cancellation)
    {
        await _stream.WriteAsync("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n"u8.ToArray(), cancellation);
        foreach (var expected in (string[])["DATA", "OK "])
            if (await LineAsync(cancellation) is var line && !line.StartsWith(expected, StringComparison.Ordinal))
                throw new IOException($"The session bus does not let this program in: {line}");
    }

    private async Task<string> LineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < 1024 && await _stream.ReadAsync(one, cancellation) == 1 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString();
    }

    private async Task ListenAsync()
    {
        try
        {
            while (await BusWire.ReadAsync(_stream, _closed.Token) is { } message)
                Take(message);
        }
        catch (Exception e) when (e is IOException or FormatException or OperationCanceledException or ObjectDisposedException)
        {
            // However it ends, what is asked is answered no more.
        }
        End();
    }

    private void Take(BusMessage message)
    {
        if (message.Type == BusMessageType.Signal)
            _signals(message);
        else if (message.Type == BusMessageType.MethodCall)
            _ = AnswerAsync(message);
        else if (message.ReplySerial is { } serial && _calls.TryGetValue(serial, out var call))
            call.TrySetResult(message);
    }

    private async Task AnswerAsync(BusMessage call)
    {
        BusMessage answer;
        try
        {
            if (!_objects.TryGetValue(call.Path ?? "", out var exported))
                throw new BusException(BusException.UnknownMethod, "There is no such object.");
            answer = new BusMessage(BusMessageType.MethodReturn) { Body = exported.Call(call.Interface, call.Member ?? "", call.Body.Values) };
        }
        catch (Exception e)
        {
            var name = e is BusException known ? known.Name : BusException.InvalidArgs;
            answer = new BusMessage(BusMessageType.Error) { ErrorName = name, Body = new BusBody("s", e.Message) };
        }
        if ((call.Flags & BusMessage.NoReplyExpected) != 0)
            return;
        try
        {
            await SendAsync(answer with { Serial = Interlocked.Increment(ref _serial), ReplySerial = call.Serial, Destination = call.Sender, Flags = BusMessage.NoReplyExpected }, _closed.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody is there who would hear it.
        }
    }

    private async Task SendAsync(BusMessage message, CancellationToken cancellation)
    {
        var bytes = BusWire.Encode(message);
        await _writing.WaitAsync(cancellation);
        try
        {
            // A message that is sent in part is the end of the connection.
            await _stream.WriteAsync(bytes, CancellationToken.None);
        }
        catch (ObjectDisposedException e)
        {
            throw new IOException("The session bus is gone.", e);
        }
        finally
        {
            _writing.Release();
        }
    }

    private void End()
    {
        _ended.TrySetResult();
        foreach (var call in _calls.Values)
            call.TrySetException(new IOException("The session bus is gone."));
    }
}
