namespace OpenShare.Registration.Storage;

/// <summary>
/// The database does not answer, or cannot serve now. Nothing of what was asked for is stored; or all of it is, where the word that it was
/// stored is what got lost.
/// </summary>
internal sealed class DatabaseAway(string message) : UserError(message);
