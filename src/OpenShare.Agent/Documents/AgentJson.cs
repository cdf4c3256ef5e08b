using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenShare.Agent.Documents;

/// <summary>The one JSON of command line, control API and events: snake_case keys, RFC 3339 times, one line each.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(PeerDocument))]
[JsonSerializable(typeof(IReadOnlyList<PeerDocument>), TypeInfoPropertyName = "Peers")]
[JsonSerializable(typeof(ResolvedDocument))]
[JsonSerializable(typeof(TransferDocument))]
[JsonSerializable(typeof(IReadOnlyList<TransferDocument>), TypeInfoPropertyName = "Transfers")]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(ReceiptDocument))]
[JsonSerializable(typeof(VerdictDocument))]
[JsonSerializable(typeof(RevocationDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(PairingCodeDocument))]
[JsonSerializable(typeof(InviteRequest))]
[JsonSerializable(typeof(InvitationDocument))]
[JsonSerializable(typeof(ComparisonDocument))]
[JsonSerializable(typeof(IReadOnlyList<ComparisonDocument>), TypeInfoPropertyName = "Comparisons")]
[JsonSerializable(typeof(ComparisonAnswer))]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(JoinDocument))]
[JsonSerializable(typeof(WithdrawnDocument))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginDocument))]
[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(OfferAnswerRequest))]
[JsonSerializable(typeof(AcceptRuleRequest))]
[JsonSerializable(typeof(AcceptRuleDocument))]
[JsonSerializable(typeof(TextDocument))]
[JsonSerializable(typeof(FilesDocument))]
[JsonSerializable(typeof(VerifyReceiptRequest))]
[JsonSerializable(typeof(UiLinkDocument))]
[JsonSerializable(typeof(UiEventDocument))]
[JsonSerializable(typeof(SelectionDocument))]
[JsonSerializable(typeof(QrTextDocument))]
[JsonSerializable(typeof(DropDocument))]
[JsonSerializable(typeof(DropSent))]
[JsonSerializable(typeof(SettingsRequest))]
[JsonSerializable(typeof(Dictionary<string, Hosting.ChosenSetting>), TypeInfoPropertyName = "ChosenSettings")]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(ProblemDocument))]
public sealed partial class AgentJson : JsonSerializerContext
{
    /// <summary>Names in any script stay readable: this JSON goes to terminals and programs, never into a web page.</summary>
    public static AgentJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
