namespace OpenShare.Protocol.Registration;

/// <summary>What a person ordered: kept on disk until it is certified or refused.</summary>
/// <param name="ServerTrust">"sha256:HEX" or authorities as PEM; null: by the trust root that the token names; with a session there is always one, or "system"</param>
/// <param name="Name">of the device</param>
public sealed record RegistrationPlan(Uri Server, RegistrationCredential Credential, string? ServerTrust, string Name);

/// <summary>Who asks: the parts of the metadata that are not a person's choice.</summary>
public sealed record DevicePlatform(string Platform, string AppVersion)
{
    internal RegistrationMessages.DeviceMetadata Describe(string name) => new(name, Platform, AppVersion);
}

/// <summary>How far a plan has come: the back-off's state.</summary>
/// <param name="Attempts">begun so far</param>
/// <param name="LastProblem">for a person; empty before the first failure</param>
public sealed record RegistrationCourse(int Attempts, DateTimeOffset NextAttempt, string LastProblem);

/// <summary>What a registered device holds on to.</summary>
public sealed record HeldRegistration(Uri Server, string? ServerTrust, IssuedRegistration Issued);
