using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Protocol.Wire;
using OpenShare.Registration.Http;

namespace OpenShare.Registration.Issuing;

/// <summary>A device's signature over its own request and a nonce of ours: nobody registers a key that is not theirs.</summary>
internal sealed class ProofOfPossession(Challenges challenges)
{
    /// <returns>what the key signed; its nonce is fresh, its device id, account and key are for the caller to compare</returns>
    public Outcome<RegistrationProofPayload> Open(string proof, PublicKey key, SignatureContext context)
    {
        try
        {
            var signed = SignedBlobs.Parse(proof, "proof");
            if (!signed.IsSignedBy(key, context))
                return NotProven("The proof is not signed by the device's own key.");
            var payload = Messages.Parse(RegistrationProofPayload.Parser, signed.Payload.Span, "proof");
            return challenges.IsFresh(payload.Nonce.Span)
                ? payload
                : NotProven("The proof's nonce is not one of this service's, or is older than five minutes. Ask for a new challenge.");
        }
        catch (ProtocolException error)
        {
            return JsonBody.Malformed(error.Message);
        }
    }

    public static Refusal NotProven(string detail) => new(RegistrationProblems.KeyNotProven, detail);
}
