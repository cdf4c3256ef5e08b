namespace OpenShare.Desktop.Tray;

/// <summary>What a person chooses at the icon.</summary>
internal enum TrayOrder
{
    Open,
    OpenTransfers,
    PauseAll,
    GoOn,
    Pair,
    Quit,
}
