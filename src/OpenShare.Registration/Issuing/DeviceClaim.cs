using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Issuing;

/// <summary>Who a device says it is: a register request, parsed. The id belongs to the key; that the key is the device's own is for its proof to show.</summary>
internal sealed record DeviceClaim(DeviceId Id, AccountId Account, PublicKey Key, DeviceDescription Description)
{
    public static Outcome<DeviceClaim> Parse(RegistrationMessages.RegisterRequest request)
    {
        try
        {
            var key = PublicKey.FromBytes(Base64Url.Decode(request.PubkeyEd25519, "public key"));
            var id = DeviceId.Parse(request.DeviceId);
            if (id != DeviceId.FromPublicKey(key.Bytes))
                return JsonBody.Malformed($"The device id {id} does not belong to this public key.");
            var (name, platform, version) = request.Metadata;
            return DeviceDescription.Parse(name, platform, version)
                .Then<DeviceClaim>(description => new DeviceClaim(id, AccountId.Parse(request.AccountId), key, description));
        }
        catch (ProtocolException error)
        {
            return JsonBody.Malformed(error.Message);
        }
    }

    /// <summary>True when the proof is about this very request, field by field.</summary>
    public bool IsWhatWasProven(RegistrationProofPayload proof) =>
        proof.DeviceId.Span.SequenceEqual(Id.ToBytes())
        && proof.AccountId == Account.Value
        && proof.PubkeyEd25519.Span.SequenceEqual(Key.Bytes)
        && proof.Name == Description.Name
        && proof.Platform == Description.Platform
        && proof.AppVersion == Description.AppVersion;
}

/// <summary>What a device tells about itself, for people to read.</summary>
internal sealed record DeviceDescription(string Name, string Platform, string AppVersion)
{
    public static Outcome<DeviceDescription> Parse(string name, string platform, string appVersion)
    {
        if (!Printable.IsDeviceName(name))
            return JsonBody.Malformed($"A device's name is 1 to {Limits.DeviceName} characters without control characters, with no space at either end.");
        return Printable.IsDeviceName(platform) && Printable.IsDeviceName(appVersion)
            ? new DeviceDescription(name, platform, appVersion)
            : JsonBody.Malformed($"platform and app_version are 1 to {Limits.DeviceName} characters without control characters.");
    }
}
