using System.Collections.Immutable;
using System.Text;
using Akka.Actor;
using OpenShare.Device.Registration;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Transfers;
using OpenShare.Device.Transfers.Receiving;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Receipts;

namespace OpenShare.Device.Hosting;

/// <summary>Texts, and what a person decides of offers.</summary>
public sealed partial class OpenShareDevice
{
    public async Task<SendStart> StartSendText(string text, SendTarget target, long bytesPerSecond, CancellationToken cancellation)
    {
        var registration = await Ask<RegistrationSnapshot>(new RegistrationCommands.GetRegistration(), cancellation).ConfigureAwait(false);
        var name = TextName.Of(registration.Identity?.Certificate.Name ?? _options.Name, _adapters.Context.Time.GetLocalNow());
        var outbox = _adapters.Outbox!;
        string path;
        try
        {
            path = await Task.Run(() => outbox.Put(name, Encoding.UTF8.GetBytes(text)), cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new SendStart.Refused(TransferProblem.Failed, $"The text cannot be kept to be sent: {error.Message}");
        }
        var start = await Started(new TransferCommands.SendFiles([path], target) { BytesPerSecond = bytesPerSecond, IsText = true }).ConfigureAwait(false);
        if (start is SendStart.Refused)
            outbox.Remove([path]);
        return start;
    }

    public async Task<OfferAnswered> AnswerOffer(TransferId id, bool isAccepted, bool always, string? saveTo, CancellationToken cancellation)
    {
        if (saveTo is not null && await Task.Run(() => ProblemWith(saveTo), cancellation).ConfigureAwait(false) is { } problem)
            return new OfferAnswered(Transfer: null, WasAsked: false) { Problem = problem };
        var answered = await Ask<OfferAnswered>(new TransferCommands.AnswerOffer(id, isAccepted) { SaveTo = saveTo }, cancellation).ConfigureAwait(false);
        if (always && answered is { WasAsked: true, Transfer.Peer: { } device })
            await SetAcceptRule(device, isAccepted ? AcceptRule.Always : AcceptRule.Never, cancellation).ConfigureAwait(false);
        return answered;
    }

    public Task SetAcceptRule(DeviceId device, AcceptRule? rule, CancellationToken cancellation)
    {
        _adapters.Database.AcceptRules.Set(device, rule);
        _changes.Count();
        return Task.CompletedTask;
    }

    public async Task<string?> ChangeReceiving(ReceivingRule rule, CancellationToken cancellation)
    {
        if (await Task.Run(() => ProblemWith(rule.SaveTo), cancellation).ConfigureAwait(false) is { } problem)
            return problem;
        _device.Tell(new TransferCommands.ChangeReceiving(rule));
        _changes.Count();
        return null;
    }

    public async Task<TextView?> GetText(TransferId id, CancellationToken cancellation)
    {
        if (_adapters.Database.Transfers.Find(id) is not (_, { IsText: true, Key.Direction: TransferDirection.Receiving } record))
            return null;
        var answer = await Ask<ReceiptAnswer>(new TransferQueries.GetReceipt(id), cancellation).ConfigureAwait(false);
        if (answer is not { Receipt: { } blob, Manifest.Manifest: { Text: not null } manifest })
            return null;
        // What was not stored has no place: a file that stands under its name is another.
        var receipt = Receipt.Read(blob);
        return receipt.Outcomes[0].Outcome == Protocol.Wire.EntryOutcome.Types.Outcome.Delivered
            ? await Task.Run(() => ReceivedText.Read(record.Destination, manifest, receipt), cancellation).ConfigureAwait(false)
            : null;
    }

    // Told to whoever types it, and not to the sender as the end of his transfer.
    private static string? ProblemWith(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            File.Create(Path.Combine(directory, $".openshare-{Guid.NewGuid():N}"), bufferSize: 1, FileOptions.DeleteOnClose).Dispose();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"Nothing can be saved to {Printable.Shorten(directory)}: {error.Message}";
        }
    }

    private ImmutableArray<AcceptRuleView> Rules() =>
        [.. _adapters.Database.AcceptRules.All().Select(r => new AcceptRuleView(r.Device, _adapters.Database.Peers.Find(r.Device)?.Name, r.Rule))];
}
