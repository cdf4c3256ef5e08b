using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Registration.Audit;

/// <summary>
/// Goes along an audit log line by line and says what does not hold: a line that was altered, one that is missing, certificates and
/// revocations that no line tells of.
/// </summary>
/// <param name="roots">every version of the trust root, oldest first</param>
internal sealed class AuditChain(IReadOnlyList<TrustRoot> roots)
{
    /// <summary>A log that was torn apart has a problem at each line: the first ones tell.</summary>
    public const int MostProblems = 20;

    private readonly List<string> _problems = [];
    private readonly Dictionary<long, long> _serials = [];
    private readonly Dictionary<long, long> _revocations = [];
    private string _previous = "";
    private long _serial;
    private long _listVersion;
    private uint _trustRoot;

    public long Lines { get; private set; }

    /// <summary>What there was before the first line, which has no lines: certificates up to a serial, and revocations up to a version of the list.</summary>
    public (long Serial, long ListVersion) Before { get; private set; }

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The last certificate's serial and the newest versions of the list and of the trust root by what the log tells.</summary>
    public (long Serial, long ListVersion, uint TrustRoot) Told => (_serial, _listVersion, _trustRoot);

    /// <param name="number">under which it is stored</param>
    public void Follow(long number, byte[] stored)
    {
        if (number != Lines + 1)
            Say(number == Lines + 2 ? $"line {Lines + 1} is missing" : $"lines {Lines + 1} to {number - 1} are missing");
        else if (Read(stored) is not { } read)
            Say($"line {number} cannot be read");
        else
            Follow(number, read.Signed, read.Line);
        Lines = number;
        _previous = AuditLine.HashOf(stored);
    }

    /// <summary>The serial of the newest certificate of this device that a line tells of, and in which version it was revoked; null where none does.</summary>
    public (long? Serial, long? RevokedIn) Of(long deviceNo) =>
        (_serials.TryGetValue(deviceNo, out var serial) ? serial : null, _revocations.TryGetValue(deviceNo, out var version) ? version : null);

    public void Say(string problem)
    {
        if (_problems.Count < MostProblems)
            _problems.Add(problem);
    }

    private void Follow(long number, Signed signed, AuditLine line)
    {
        // Under the keys that were in force then: one that was replaced or withdrawn since signed what is before that.
        if (number == 1 && line.Act is AuditAct.LogBegan first)
            _trustRoot = first.TrustRoot;
        if (roots.FirstOrDefault(r => r.Version == _trustRoot)?.Vouches(AuditLine.Signer, signed, SignatureContext.AuditLine, line.At) != true)
            Say($"line {number} is not signed by this service");
        if (line.Number != number)
            Say($"line {number} was line {line.Number}");
        if (line.Previous != _previous)
            Say($"line {number} does not follow from the line before it: one of the two was altered or exchanged");
        switch (line.Act)
        {
            case AuditAct.LogBegan began when number == 1:
                Before = (_serial, _listVersion) = (began.Serial, began.ListVersion);
                break;
            case AuditAct.LogBegan:
                Say($"line {number} begins the log again");
                break;
            case AuditAct.CertificateIssued(_, _, _, var device, var serial):
                Certify(number, device, serial);
                break;
            case AuditAct.CertificateRenewed(_, _, _, var device, var serial):
                Certify(number, device, serial);
                break;
            case AuditAct.DeviceRevoked revoked:
                if (revoked.ListVersion != _listVersion + 1)
                    Say($"line {number} tells of version {revoked.ListVersion} of the revocation list after version {_listVersion}");
                _listVersion = revoked.ListVersion;
                _revocations[revoked.DeviceNo] = revoked.ListVersion;
                break;
            case AuditAct.KeyRotated rotated:
                if (rotated.TrustRoot != _trustRoot + 1)
                    Say($"line {number} tells of version {rotated.TrustRoot} of the trust root after version {_trustRoot}");
                _trustRoot = rotated.TrustRoot;
                break;
        }
    }

    private void Certify(long number, long device, long serial)
    {
        if (serial != _serial + 1)
            Say($"line {number} tells of the certificate with serial {serial} after {_serial}");
        _serial = serial;
        _serials[device] = serial;
    }

    private static (Signed Signed, AuditLine Line)? Read(byte[] stored)
    {
        try
        {
            var signed = SignedBlobs.Parse(stored, "line");
            return (signed, AuditLine.Read(signed));
        }
        catch (ProtocolException)
        {
            return null;
        }
    }
}
