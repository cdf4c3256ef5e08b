namespace OpenShare.Cli.Output;

/// <summary>What is left where nobody is found in any way.</summary>
internal static class PairOffer
{
    internal const string Text = "A new device can be paired here by a code or a QR, with no announcement and no server: openshare pair show on it, then here openshare pair invite CODE";
}
