namespace OpenShare.Registration.Issuing;

/// <summary>Whether a device that a registered one has paired is registered on that one's word.</summary>
internal enum PromotionPolicy
{
    Always,

    /// <summary>Once an administrator has said yes.</summary>
    Ask,

    Never,
}
