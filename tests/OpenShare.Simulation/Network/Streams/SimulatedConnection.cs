using System.Net;
using OpenShare.Device.Transport;
using OpenShare.Simulation.Network.Observing;

namespace OpenShare.Simulation.Network.Streams;

/// <summary>
/// One end of a connection: what its process holds of it, and what the host keeps of it for a while after that.
/// Continuations run inside the queue's entries.
/// </summary>
internal sealed class SimulatedConnection : ITransportConnection
{
    private readonly HostProcess _process;
    private readonly IPEndPoint _local;
    private TaskCompletionSource? _reading, _writing;
    private string? _broken;
    private bool _isSendingEnded;

    private SimulatedConnection(HostProcess process, IPEndPoint local, IPEndPoint remote)
    {
        (_process, _local, Remote) = (process, local, remote);
        Number = Host.Network.NextNumber();
        Flow = new NetworkFlow(Number, Host.Name, local, remote, IsStream: true);
        (Out, In) = (new StreamSender(this), new StreamReceiver(this));
    }

    public IPEndPoint Remote { get; }

    internal long Number { get; }

    internal NetworkFlow Flow { get; }

    internal SimulatedHost Host => _process.Host;

    internal SimulatedConnection Peer { get; private set; } = null!;

    internal StreamSender Out { get; }

    internal StreamReceiver In { get; }

    /// <summary>The host knows it no more.</summary>
    internal bool IsGone { get; private set; }

    /// <summary>Its process has not closed it. What the host has of it after that is the host's.</summary>
    internal bool IsHeld => _broken is null;

    internal bool IsWriterWaiting => _writing is not null;

    internal bool HasItsAddress => Host == Peer.Host || Host.Address.Equals(_local.Address);

    /// <summary>A packet would get to the other end's host, where that has its address.</summary>
    internal bool Reaches => HasItsAddress && Peer.HasItsAddress && SimulatedNetwork.Carries(Host, Peer.Host);

    /// <summary>Runs once, when the dialler's last word of the opening is here.</summary>
    internal Action? WhenOpened { get; set; }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (true)
        {
            ThrowIfBroken(cancellation);
            if (In.Take(buffer.Span) is > 0 and var taken)
                return taken;
            if (In.IsEnded || buffer.IsEmpty)
                return 0;
            var reading = _reading = new TaskCompletionSource();
            using (cancellation.UnsafeRegister(_ => reading.TrySetException(new TransportException("The read was given up.")), null))
                await reading.Task.ConfigureAwait(false);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation)
    {
        ThrowIfBroken(cancellation);
        if (_isSendingEnded)
            throw new TransportException($"Sending to {Remote} was ended here.");
        Host.Network.Observer.Sent(Flow, buffer.Span);
        while (buffer.Length > 0)
        {
            var room = Math.Min(Out.Room, buffer.Length);
            Out.Append(buffer.Span[..room]);
            buffer = buffer[room..];
            if (buffer.Length == 0)
                return;
            var writing = _writing = new TaskCompletionSource();
            Out.Waits();
            using (cancellation.UnsafeRegister(_ => writing.TrySetException(new TransportException("The write was given up.")), null))
                await writing.Task.ConfigureAwait(false);
            ThrowIfBroken(cancellation);
        }
    }

    /// <summary>No more is written here; the other end reads 0 after the last byte. Reading goes on.</summary>
    /// <exception cref="TransportException">the connection is broken</exception>
    public void EndSending()
    {
        ThrowIfBroken(default);
        End();
    }

    public void Dispose()
    {
        if (_process.IsDead || _broken is not null)
            return;
        _broken = "The connection was closed here.";
        if (In.HasUnread)
            Abort();
        else
            End();
        In.Close();
        EndIfBothEnded();
        Wake();
    }

    internal static (SimulatedConnection Near, SimulatedConnection Far) Pair(HostProcess from, IPEndPoint local, HostProcess to, IPEndPoint remote)
    {
        var (near, far) = (new SimulatedConnection(from, local, remote), new SimulatedConnection(to, remote, local));
        (near.Peer, far.Peer) = (far, near);
        return (near, far);
    }

    internal void Register() => _process.Add(this);

    /// <summary>Half open for too long: the dialler is not there any more.</summary>
    internal void GiveUpOpening()
    {
        if (WhenOpened is not null)
            Vanish();
    }

    internal void Opened()
    {
        WhenOpened?.Invoke();
        WhenOpened = null;
    }

    /// <summary>The host knows it no more, and what its process does with it fails.</summary>
    internal void Break(string reason)
    {
        if (IsGone)
            return;
        Host.Network.Observer.Broken(Flow, reason);
        Vanish();
        _broken ??= reason;
        In.Close();
        Wake();
    }

    /// <summary>Without a word to anybody.</summary>
    internal void Vanish()
    {
        IsGone = true;
        _process.Remove(this);
    }

    /// <summary>What came cannot be taken in, and the other end is told so.</summary>
    internal void Abort()
    {
        Host.Network.SendReset(Host, Peer);
        Vanish();
    }

    internal bool Refuses(Burst burst) => IsGone || In.IsClosed && burst.Bytes.Length > 0;

    internal void EndIfBothEnded()
    {
        if (_broken is not null && In.IsEnded && _isSendingEnded && Out.IsDone)
            Vanish();
    }

    /// <summary>The other end's host left the address; whoever has it now knows no such connection.</summary>
    internal void AskWhoeverHasTheAddress()
    {
        if (HasItsAddress && !Peer.HasItsAddress && Host.Segment.Find(Remote.Address) is { } other)
            Host.Network.SendOnce(Host, other, () => Host.Network.SendReset(other, this));
    }

    internal void WakeReader()
    {
        var reading = _reading;
        _reading = null;
        reading?.TrySetResult();
    }

    internal void WakeWriter()
    {
        var writing = _writing;
        _writing = null;
        writing?.TrySetResult();
    }

    private void End()
    {
        if (_isSendingEnded)
            return;
        _isSendingEnded = true;
        Out.Append(BurstKind.End);
    }

    private void Wake()
    {
        WakeReader();
        WakeWriter();
    }

    private void ThrowIfBroken(CancellationToken cancellation)
    {
        _process.ThrowIfDead();
        if (_broken is not null)
            throw new TransportException(_broken);
        if (cancellation.IsCancellationRequested)
            throw new TransportException("The call was given up.");
    }
}
