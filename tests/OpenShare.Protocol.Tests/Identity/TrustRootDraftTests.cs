using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Tests.Support;
using OpenShare.Protocol.Wire;

namespace OpenShare.Protocol.Tests.Identity;

/// <summary>A trust root whose signatures come one by one, from root keys at different places.</summary>
public sealed class TrustRootDraftTests
{
    private readonly Organisation _organisation = new();
    private readonly SigningKey _next = Organisation.Key(0, 4);
    private readonly TrustRoot _first;
    private readonly TrustRootDraft _draft;

    public TrustRootDraftTests()
    {
        _first = _organisation.Trust;
        var keys = _first.Keys.Select(k => k.Role == TrustKey.Types.Role.Root ? k with { Key = _next.PublicKey } : k);
        _draft = _first.Draft(keys, _first.IssuedAt.AddDays(1));
    }

    [Fact]
    public void It_is_followed_when_root_keys_of_both_versions_have_signed_in_whatever_order()
    {
        foreach (var signers in (SigningKey[][])[[], [_organisation.Root], [_next], [_organisation.Issuing, _next]])
            Assert.Throws<ProtocolException>(() => _first.Follow(_draft.SignedBy(signers).Link));
        foreach (var signed in (TrustRootDraft[])[_draft.SignedBy(_organisation.Root).SignedBy(_next), _draft.SignedBy(_next).SignedBy(_organisation.Root)])
            Assert.Equal(2u, _first.Follow(TrustRootDraft.Parse(signed.ToText()).Link).Version);
    }

    [Fact]
    public void A_key_signs_once_and_what_others_signed_is_left_behind()
    {
        var signed = _draft.SignedBy(_organisation.Issuing, _next, _next).SignedBy(_next);
        Assert.Equal(2, signed.Link.Signatures.Count);
        Assert.True(signed.IsSignedBy(_next.PublicKey) && !signed.IsSignedBy(_organisation.Root.PublicKey) && signed.HasContentsOf(_draft));

        // One that claims the key's id, and is not by it, is not kept either.
        var forged = signed.Link.Clone();
        forged.Signatures.Insert(0, new TrustRootSignature { KeyId = _next.PublicKey.KeyId, Signature = signed.Link.Signatures[0].Signature });
        var kept = TrustRootDraft.Read(forged).SignedOnlyBy([_next.PublicKey, _organisation.Root.PublicKey]);
        Assert.True(kept.Link.Signatures.Count == 1 && kept.IsSignedBy(_next.PublicKey));
    }

    [Fact]
    public void It_lists_as_many_keys_as_a_trust_root_may()
    {
        var keys = Enumerable.Repeat(_first.Keys[0], Limits.TrustKeys + 1);
        Assert.Throws<ProtocolException>(() => _first.Draft(keys, _first.IssuedAt));
        Assert.Throws<ProtocolException>(() => _first.Draft([], _first.IssuedAt));
    }
}
