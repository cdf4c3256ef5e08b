namespace OpenShare.Registration.Issuing;

/// <summary>A device that could be registered, and is not yet.</summary>
/// <param name="Told">what it is answered</param>
/// <param name="KeepAsync">keeps its request, in the transaction in which it asked; null: it is kept, or there is no room</param>
internal sealed record Pending(Refusal Told, Func<Task>? KeepAsync = null);
