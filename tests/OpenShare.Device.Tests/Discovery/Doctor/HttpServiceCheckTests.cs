using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenShare.Device.Discovery.Doctor.Host;
using OpenShare.Protocol.Discovery.Doctor;
using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Tests.Discovery.Doctor;

/// <summary>A registration service that is trusted by an authority (<c>--ca</c>), and the times of its certificate.</summary>
public sealed class HttpServiceCheckTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HttpServiceCheckTests() => _listener.Start();

    /// <summary>By a clock that is ahead all certificates have ended.</summary>
    [Fact]
    public async Task A_certificate_that_is_good_but_for_the_time_is_a_matter_of_the_clock() =>
        Assert.IsType<ServerFacts.NotValidNow>(await Check(ends: Now.AddDays(-1), name: IPAddress.Loopback));

    [Fact]
    public async Task One_that_is_anothers_too_is_not()
    {
        Assert.IsType<ServerFacts.NotTrusted>(await Check(ends: Now.AddDays(-1), name: IPAddress.Parse("192.0.2.1")));
        Assert.IsType<ServerFacts.NotTrusted>(await Check(ends: Now.AddDays(1), name: IPAddress.Parse("192.0.2.1")));
    }

    public void Dispose() => _listener.Dispose();

    private async Task<ServerFacts> Check(DateTimeOffset ends, IPAddress name)
    {
        using var authority = Authority();
        using var certificate = Issue(authority, ends, name);
        var serving = Serve(certificate);
        var contact = new ServiceContact(new Uri($"https://{_listener.LocalEndpoint}"), authority.ExportCertificatePem(), Pin: null);

        var result = await new HttpServiceCheck().Ask(contact, trust: null, Now, default).WaitAsync(Deadline);

        await serving.WaitAsync(Deadline);
        return result.Facts;
    }

    /// <summary>Takes the connection that only shows it is there, and then one that is to be trusted.</summary>
    private async Task Serve(X509Certificate2 certificate)
    {
        (await _listener.AcceptTcpClientAsync()).Dispose();
        using var client = await _listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
            await tls.ReadExactlyAsync(new byte[1]);
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
        {
            // It does not trust this one.
        }
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-30), Now.AddDays(30));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, DateTimeOffset ends, IPAddress name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=service", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(name);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, Now.AddDays(-20), ends, [1]);
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }
}
