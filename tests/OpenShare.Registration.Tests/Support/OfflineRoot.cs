using OpenShare.Protocol.Identity;
using OpenShare.Registration.Keys.Offline;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Tests.Support;

/// <summary>The root key where it is offline: what a service asks it for, and the service's installing of what it signed.</summary>
internal static class OfflineRoot
{
    /// <summary>Takes the service's root key offline: this one signs from then on.</summary>
    public static async Task<KeyRotated> MoveAsync(TestService service, SigningKey root) =>
        (await service.Admin.InstallRotationAsync(await AnswerAsync(service, root), default)).Value();

    /// <summary>What the root key signs for its own move, or for a rotation of this role.</summary>
    public static async Task<RootRequestFile> AnswerAsync(TestService service, SigningKey root, string? role = null, bool withdraw = false) =>
        (await RequestAsync(service, role ?? "root", withdraw, role is null ? root.PublicKey : null)).SignedBy(root);

    public static async Task<RootRequestFile> RequestAsync(TestService service, string role, bool withdraw = false, PublicKey? rootKey = null) =>
        (await service.Admin.RequestRotationAsync(new(role, withdraw, rootKey is null ? null : Base64Url.Encode(rootKey.Bytes)), default)).Value();

    public static RootRequestFile SignedBy(this RootRequestFile request, params SigningKey[] roots)
    {
        var open = request.Open();
        return (open with { Next = open.Next.SignedBy(roots) }).ToFile();
    }
}
