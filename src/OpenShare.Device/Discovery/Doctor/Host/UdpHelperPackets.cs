using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using OpenShare.Device.Hosting;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Discovery.Mdns;
using OpenShare.Protocol.Identity;

namespace OpenShare.Device.Discovery.Doctor.Host;

/// <summary>Helper packets on real sockets, beside those of the agent and of other programs.</summary>
internal sealed class UdpHelperPackets(DeviceContext context) : IHelperPackets
{
    // RFC 6762 §6: nobody says the same again within a second.
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(1.1);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private const int Questions = 3;

    public async Task<ImmutableArray<InterfaceFacts>> Ask(
        ImmutableArray<HostInterface> interfaces, IReadOnlySet<IPAddress> own, Func<ImmutableArray<InterfaceFacts>, bool> isEnough, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var id = BinaryPrimitives.ReadUInt16BigEndian(context.Random.Bytes(2));
        var unscoped = own.Select(Hearing.WithoutScope).ToHashSet();
        List<InterfaceQuestions> questions = [.. interfaces.Take(MdnsMachine.Interfaces).Select(i => new InterfaceQuestions(i, unscoped, id, ended.Token))];
        try
        {
            var (asked, next) = (0, context.Steady);
            while (!cancellation.IsCancellationRequested)
            {
                if (asked < Questions && context.Steady >= next)
                {
                    (asked, next) = (asked + 1, context.Steady + BetweenQuestions);
                    questions.ForEach(q => q.Send());
                }
                await Task.Delay(Pace, context.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (isEnough([.. questions.Select(q => q.Facts)]))
                    break;
            }
            return [.. questions.Select(q => q.Facts)];
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            questions.ForEach(q => q.Dispose());
        }
    }
}
