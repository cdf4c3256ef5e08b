namespace OpenShare.Desktop.Tray;

/// <summary>What a person chooses at the icon.</summary>
internal enum TrayOrder
{
    Open,
    OpenTransfers,

    /// <summary>About a transfer, by its id; so is the next.</summary>
    AcceptOffer,
    DeclineOffer,

    /// <summary>About a device, by its id.</summary>
    SendFiles,
    PauseAll,
    GoOn,

    /// <summary>About whom: own, ask or none.</summary>
    AcceptFrom,
    Pair,
    Quit,
}
