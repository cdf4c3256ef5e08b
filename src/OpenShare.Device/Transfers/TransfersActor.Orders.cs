using System.Net;
using Akka.Actor;
using OpenShare.Device.Peers;
using OpenShare.Device.Storage;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;
using TransferState = OpenShare.Device.Views.TransferState;

namespace OpenShare.Device.Transfers;

/// <summary>What the device's own user orders: to send, and to cancel.</summary>
internal sealed partial class TransfersActor
{
    private sealed record Resolving(TransferCommands.SendFiles Order, IPEndPoint Address, IActorRef Asker);

    private sealed record ResolveOverdue(long Request);

    private static readonly TimeSpan ResolvePatience = TimeSpan.FromSeconds(15);

    private readonly Dictionary<long, Resolving> _resolving = [];

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
                asker.Tell(Begin(command, device.Id));
                break;
            case SendTarget.Address address:
                // Not counted: an answer to an order from before this actor's restart must not be one to an order since.
                var request = BitConverter.ToInt64(_context.Random.Bytes(sizeof(long)));
                _resolving.Add(request, new Resolving(command, address.EndPoint, asker));
                Timers.StartSingleTimer(request, new ResolveOverdue(request), ResolvePatience);
                _peers.Tell(new PeerCommands.Resolve(request, address.EndPoint));
                break;
        }
    }

    private void OnResolved(AddressResolution resolution)
    {
        if (!_resolving.Remove(resolution.Request, out var resolving))
            return;
        Timers.Cancel(resolution.Request);
        resolving.Asker.Tell(resolution switch
        {
            AddressResolution.Found found => Begin(resolving.Order, found.Device),
            AddressResolution.Failed { Problem: { IsWorthRetrying: true } problem } => new SendStart.Refused(TransferProblem.DeviceNotFound, problem.Detail),
            AddressResolution.Failed { Problem: var problem } => new SendStart.Refused(TransferProblem.NotTrusted, problem.Detail),
            _ => new SendStart.Refused(TransferProblem.Failed, "The address could not be resolved."),
        });
    }

    private void OnResolveOverdue(ResolveOverdue overdue)
    {
        if (_resolving.Remove(overdue.Request, out var resolving))
            resolving.Asker.Tell(new SendStart.Refused(
                TransferProblem.DeviceNotFound, $"No device at {resolving.Address} said who it is within {ResolvePatience.TotalSeconds} s."));
    }

    private SendStart Begin(TransferCommands.SendFiles order, DeviceId device)
    {
        var paths = order.Paths;
        if (device == _identity!.DeviceId)
            return new SendStart.Refused(TransferProblem.DeviceNotFound, "That is this device itself.");
        var key = new TransferKey(TransferDirection.Sending, device, TransferId.New(_context.Random));
        var summary = TransferViews.SummaryOf([.. paths.Select(p => Path.GetFileName(Path.TrimEndingDirectorySeparator(p)))]);
        var record = NewRecord(key, ManifestId.New(_context.Random), paths, destination: "", summary) with
        {
            BytesPerSecond = order.BytesPerSecond,
            IsText = order.IsText,
            Conflict = order.Conflict,
        };
        if (Add(record, out var reason) is not { } no)
            return new SendStart.Refused(TransferProblem.Failed, reason);
        Start(no, record);
        return new SendStart.Started(key.Transfer);
    }

    private void OnCancel(TransferCommands.CancelTransfer command)
    {
        if (_history.Find(command.Id) is not var (no, record))
        {
            Sender.Tell(new TransferAnswer(null));
            return;
        }
        if (IsEnding(record.Key))
            return;
        if (!record.IsOver)
        {
            if (_sessions.TryGetValue(record.Key, out var session))
            {
                session.Forward(new TransferSignals.Cancel());
                return;
            }
            // Nothing runs: what is kept says so.
            record = record with
            {
                State = TransferState.Cancelled,
                UpdatedAt = _context.Now,
                Detail = "cancelled on this device",
                OwesWord = record.Key.Direction == TransferDirection.Sending,
            };
            _stores.Transfers.Update(no, record);
            Forget(record.Key);
            EndWithoutSession(no, record);
        }
        Sender.Tell(new TransferAnswer(ViewOf(no, record)));
    }

    private void OnPause(TransferCommands.PauseTransfer command)
    {
        if (_history.Find(command.Id) is not var (no, record))
        {
            Sender.Tell(new TransferAnswer(null));
            return;
        }
        if (IsEnding(record.Key))
            return;
        if (!record.IsOver && _sessions.TryGetValue(record.Key, out var session))
        {
            session.Forward(new TransferSignals.Pause(command.IsPaused));
            return;
        }
        // Nothing runs: its sender hears of it when it comes back.
        if (!record.IsOver)
            _stores.Transfers.Update(no, record = record with { IsPaused = command.IsPaused, UpdatedAt = _context.Now });
        Sender.Tell(new TransferAnswer(ViewOf(no, record)));
    }

    private void Discard(TransferNo no, TransferRecord record)
    {
        try
        {
            _stores.Transfers.DropWorkingState(no);
        }
        catch (StorageFullException)
        {
            // The other side is to hear of its end all the same; the daily sweep drops it.
        }
        var disk = _disk;
        _context.Workers.Run(() => disk.Discard(record.Destination, record.Key.Peer, record.Key.Transfer)).PipeTo(
            Self, success: result => new Swept(result.IsDone ? [] : [result.Detail]), failure: error => new Swept([error.Message]));
    }
}
