using Google.Protobuf;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Revocation;

/// <summary>
/// What makes a later revocation list of an earlier one, in few bytes. What it makes is believed for the CRL key's signature over the whole
/// of it, and never for the delta: applied to another list than the one it is for, or altered, it makes nothing.
/// </summary>
public sealed class RevocationDelta
{
    private readonly RevocationListDelta _wire;
    private readonly DeviceNumberSet _changes;
    private readonly RevocationListPayload _next;

    private RevocationDelta(RevocationListDelta wire)
    {
        _wire = wire;
        _changes = DeviceNumberSet.Read(wire.Changes ?? new DeviceNumbers());
        _next = Messages.Parse(RevocationListPayload.Parser, (wire.List ?? throw new ProtocolException("This delta says nothing of the list that it makes.")).Payload.Span, "revocation list");
    }

    /// <summary>The version of the list that it is applied to.</summary>
    public ulong From => _wire.FromVersion;

    /// <param name="changes">the numbers that are in one of the two and not in the other</param>
    public static RevocationDelta Between(ulong from, IEnumerable<ulong> changes, RevocationList to) => Between(from, changes, WithoutNumbers(to));

    /// <param name="to">of the later list what <see cref="WithoutNumbers"/> leaves</param>
    public static RevocationDelta Between(ulong from, IEnumerable<ulong> changes, Signed to) =>
        new(new RevocationListDelta { FromVersion = from, Changes = DeviceNumberSet.Of(changes).ToWire(), List = to });

    /// <summary>A list's signed form without its coded numbers: some 150 bytes, with which a delta to it can be made when the list itself is gone.</summary>
    public static Signed WithoutNumbers(RevocationList list)
    {
        if (!list.IsOfNumbers)
            throw new ArgumentException("No delta leads to a list in the encoding of before.", nameof(list));
        var payload = RevocationListPayload.Parser.ParseFrom(list.Blob.Payload);
        (payload.Numbers.Count, payload.Numbers.Gaps) = (0, ByteString.Empty);
        return new Signed { Payload = payload.ToByteString(), KeyId = list.Blob.KeyId, Signature = list.Blob.Signature };
    }

    /// <exception cref="ProtocolException">not base64url, too large, or damaged</exception>
    public static RevocationDelta Parse(string text) =>
        new(Messages.Parse(RevocationListDelta.Parser, Base64Url.Decode(text, "delta of the revocation list", Limits.RevocationDelta), "delta of the revocation list"));

    /// <summary>The list that it makes of this one, verified as any list is: its bytes are those that were signed.</summary>
    /// <exception cref="ProtocolException">it is for another list, or makes none that is signed by a CRL key of this trust root</exception>
    public RevocationList ApplyTo(RevocationList held, TrustRoot trust)
    {
        if (!held.IsOfNumbers || held.Version != From)
            throw new ProtocolException($"This delta leads on from revocation list {From}, and held here is {held.Version}{(held.IsOfNumbers ? "" : " in the encoding of before")}.");
        var payload = _next.Clone();
        var rice = payload.Numbers?.Rice ?? 0;
        if (rice > RiceCode.MostRice)
            throw new ProtocolException($"This delta asks for parameter {rice}; the largest is {RiceCode.MostRice}.");
        payload.Numbers = held.Numbers.ChangedBy(_changes, (int)rice).ToWire();
        try
        {
            return RevocationList.Read(new Signed { Payload = payload.ToByteString(), KeyId = _wire.List.KeyId, Signature = _wire.List.Signature }, trust);
        }
        catch (ProtocolException error)
        {
            throw new ProtocolException($"The delta from revocation list {From} makes no list that could be believed. {error.Message}");
        }
    }

    public byte[] ToBytes() => _wire.ToByteArray();

    public string ToText() => Base64Url.Encode(ToBytes());
}
