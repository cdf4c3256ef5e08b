using OpenShare.Protocol.Identity;

namespace OpenShare.Registration.Administration.Access;

/// <summary>Who has something done, as the audit log names them.</summary>
internal record Actor(string Name)
{
    /// <summary>A person who has logged in: no administrator's name has a colon.</summary>
    public static Actor LoggedIn(string subject) => new($"oidc:{subject}");

    /// <summary>A device that has vouched for another.</summary>
    public static Actor Sponsor(DeviceId device) => new($"sponsor:{device}");
}
