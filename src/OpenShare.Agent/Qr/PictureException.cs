namespace OpenShare.Agent.Qr;

/// <summary>A picture that no QR can be read from, and why, for a person.</summary>
public sealed class PictureException : Exception
{
    public PictureException(string message) : base(message) { }

    public PictureException(string message, Exception inner) : base(message, inner) { }

    public PictureException() { }
}
