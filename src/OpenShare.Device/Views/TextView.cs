namespace OpenShare.Device.Views;

/// <summary>A text that was received.</summary>
/// <param name="Path">where it was saved</param>
/// <param name="Text">as its sender has it, control characters and all; null: what is at the path now is not what arrived</param>
public sealed record TextView(string Path, string? Text);

/// <summary>A device whose offers need no answer any more.</summary>
/// <param name="Name">null: it is not known any more</param>
public sealed record AcceptRuleView(Protocol.Identity.DeviceId Device, string? Name, Storage.Database.AcceptRule Rule);
