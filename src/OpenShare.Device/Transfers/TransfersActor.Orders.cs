using System.Collections.Immutable;
using System.Net;
using Akka.Actor;
using OpenShare.Device.Hosting;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage.Database;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using TransferState = OpenShare.Device.Hosting.TransferState;

namespace OpenShare.Device.Transfers;

/// <summary>What the device's own user orders: to send, and to cancel.</summary>
internal sealed partial class TransfersActor
{
    private sealed record ResolveOverdue(IPEndPoint Address);

    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(15);

    private readonly Dictionary<IPEndPoint, List<(TransferCommands.SendFiles Command, IActorRef Asker)>> _resolving = [];

    private void OnSendFiles(TransferCommands.SendFiles command)
    {
        if (_identity is null)
        {
            Sender.Tell(new SendStart.Refused(TransferProblem.NotRegistered, "This device is not registered. Run 'openshare register' first."));
            return;
        }
        if (command.Paths.FirstOrDefault(p => !_disk.Exists(p)) is { } missing)
        {
            Sender.Tell(new SendStart.Refused(TransferProblem.BadPath, $"{missing} is not there."));
            return;
        }
        var asker = Sender;
        switch (command.Target)
        {
            case SendTarget.Device device:
                asker.Tell(Begin(command.Paths, device.Id));
                break;
            case SendTarget.Address address:
                Resolve(address.EndPoint, command, asker);
                break;
        }
    }

    private void Resolve(IPEndPoint address, TransferCommands.SendFiles command, IActorRef asker)
    {
        if (_resolving.TryGetValue(address, out var waiting))
        {
            waiting.Add((command, asker));
            return;
        }
        _resolving[address] = [(command, asker)];
        _peers.Tell(new PeerCommands.Resolve(address));
        // It always answers sooner, but for one that fails meanwhile.
        Timers.StartSingleTimer(address, new ResolveOverdue(address), ResolveTimeout);
    }

    private void OnResolved(AddressResolution resolution)
    {
        Timers.Cancel(resolution.Address);
        if (!_resolving.Remove(resolution.Address, out var waiting))
            return;
        foreach (var (command, asker) in waiting)
            asker.Tell(Answer(command, resolution));
    }

    private SendStart Answer(TransferCommands.SendFiles command, AddressResolution resolution) => resolution switch
    {
        AddressResolution.Found found => Begin(command.Paths, found.Device),
        AddressResolution.Failed { Problem: { IsWorthRetrying: true } problem } => new SendStart.Refused(TransferProblem.DeviceNotFound, problem.Detail),
        AddressResolution.Failed { Problem: var problem } => new SendStart.Refused(TransferProblem.NotTrusted, problem.Detail),
        _ => new SendStart.Refused(TransferProblem.Failed, "The address could not be resolved."),
    };

    private SendStart Begin(ImmutableArray<string> paths, DeviceId device)
    {
        if (device == _identity!.DeviceId)
            return new SendStart.Refused(TransferProblem.DeviceNotFound, "That is this device itself.");
        var key = new TransferKey(TransferDirection.Sending, device, TransferId.New(_context.Random));
        var summary = TransferViews.SummaryOf([.. paths.Select(p => Path.GetFileName(Path.TrimEndingDirectorySeparator(p)))]);
        var record = NewRecord(key, ManifestId.New(_context.Random), paths, destination: "", summary);
        Start(_stores.Transfers.Add(record), record);
        return new SendStart.Started(key.Transfer);
    }

    private void OnCancel(TransferCommands.CancelTransfer command)
    {
        if (_history.Find(command.Id) is not var (no, record))
        {
            Sender.Tell(new TransferAnswer(null));
            return;
        }
        if (!record.IsOver)
        {
            if (_sessions.TryGetValue(record.Key, out var session))
            {
                session.Forward(new TransferSignals.Cancel());
                return;
            }
            // Nothing runs: what is kept says so, and the other side hears of it when it asks.
            record = record with { State = TransferState.Cancelled, UpdatedAt = _context.Now, Detail = "cancelled on this device" };
            _stores.Transfers.Update(no, record);
            if (record.Key.Direction == TransferDirection.Receiving && _disk.OpenDestination(record.Destination, record.Key.Peer, record.Key.Transfer).Value is { } staged)
            {
                staged.Discard();
                staged.Dispose();
            }
        }
        Sender.Tell(new TransferAnswer(ViewOf(no, record)));
    }
}
