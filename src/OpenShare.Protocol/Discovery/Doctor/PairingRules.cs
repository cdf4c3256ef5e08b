namespace OpenShare.Protocol.Discovery.Doctor;

/// <summary>What is left where no other device is to be seen: pairing needs no announcement, no server, and only one way that packets go.</summary>
internal static class PairingRules
{
    internal static IEnumerable<Finding> Judge(DoctorFacts facts)
    {
        if (facts.IsAboutOne || facts.Identity is not IdentityFacts.Registered { Standing: CertificateStanding.Good, PairedBy: null } || facts.Devices.Any(d => d.IsSeen || d.IsReached || d.IsLinked))
            yield break;
        yield return Finding.Note(
            FindingCode.PairingOffered,
            "No other device of the account is to be seen.",
            "A new device, which is not registered, is never to be seen; it can be paired here by a code or a QR, with no announcement and no server.",
            new Remedy("On the new device: openshare pair show. Then here, with the code that it shows:", "openshare pair invite CODE"));
    }
}
