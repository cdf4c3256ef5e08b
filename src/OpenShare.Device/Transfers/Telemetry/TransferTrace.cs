using System.Diagnostics;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Views;

namespace OpenShare.Device.Transfers.Telemetry;

/// <summary>
/// One trace for each transfer, whose id is the transfer's: what both devices tell of it, over all their restarts, is in one place.
/// </summary>
internal sealed class TransferTrace : IDisposable
{
    // Null where nobody listens.
    private readonly Activity? _activity;
    private TransferState? _state;

    internal TransferTrace(ActivitySource source, TransferKey key)
    {
        var id = key.Transfer.ToBytes();
        var trace = new ActivityContext(
            ActivityTraceId.CreateFromBytes(id), ActivitySpanId.CreateFromBytes(id.AsSpan(0, 8)), ActivityTraceFlags.Recorded, isRemote: true);
        // An actor's thread goes on to others' work: what is current there is none of this transfer's.
        var current = Activity.Current;
        _activity = source.StartActivity(TransferMetrics.Word(key.Direction), ActivityKind.Internal, trace);
        Activity.Current = current;
        _activity?.SetTag("openshare.peer", key.Peer.ToString());
    }

    internal void Show(TransferView view)
    {
        if (_activity is null || view.State == _state)
            return;
        _state = view.State;
        _activity.AddEvent(new ActivityEvent(TransferMetrics.Word(view.State), tags: new() { ["bytes"] = view.BytesDone }));
        _activity.SetTag("openshare.state", TransferMetrics.Word(view.State)).SetTag("openshare.bytes", view.BytesDone);
        if (view.State == TransferState.Failed)
            _activity.SetStatus(ActivityStatusCode.Error, view.Detail);
    }

    public void Dispose() => _activity?.Dispose();
}
