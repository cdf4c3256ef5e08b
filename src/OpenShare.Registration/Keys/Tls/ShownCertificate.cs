using OpenShare.Registration.Hosting;

namespace OpenShare.Registration.Keys.Tls;

/// <summary>The certificate that TLS shows to whoever connects, read again when its files have changed.</summary>
internal sealed class ShownCertificate : IDisposable
{
    private readonly TlsFiles _files;
    private volatile TlsCertificate _current;
    private string _seen;

    private ShownCertificate(TlsFiles files) => (_files, _seen, _current) = (files, files.State(), TlsCertificate.Load(files));

    public TlsCertificate Current => _current;

    public static ShownCertificate Open(RegistrationOptions options, DateTimeOffset now) => new(TlsCertificate.FilesOf(options, now));

    /// <returns>true: it is another one now</returns>
    /// <exception cref="UserError">what is there since cannot be used, and the one before is shown on. Said once</exception>
    public bool Refresh()
    {
        var state = _files.State();
        if (state == _seen)
            return false;
        // A certificate and its key are seldom exchanged in one moment: with the second the state is another again.
        _seen = state;
        // The one before is not disposed of: somebody may be shaking hands by it.
        _current = TlsCertificate.Load(_files);
        return true;
    }

    public void Dispose() => _current.Dispose();
}
