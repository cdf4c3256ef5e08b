using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using OpenShare.Protocol.Identity;
using OpenShare.Registration.Storage;

namespace OpenShare.Registration.Tests.Instances;

/// <summary>What the service has promised to whom, by its answers; and whether it holds.</summary>
internal sealed class Promises
{
    private readonly ConcurrentBag<DeviceCertificate> _certificates = [];
    private readonly ConcurrentBag<(string Token, DeviceId Device)> _spent = [];
    private readonly ConcurrentBag<(DeviceId Device, ulong Version)> _revoked = [];
    private readonly ConcurrentDictionary<ulong, string> _lists = [];
    private readonly ConcurrentBag<string> _broken = [];
    private readonly Channel<DeviceCertificate> _news = Channel.CreateUnbounded<DeviceCertificate>();

    public void Issued(string token, DeviceCertificate certificate)
    {
        _certificates.Add(certificate);
        _spent.Add((token, certificate.DeviceId));
        _news.Writer.TryWrite(certificate);
    }

    public void Revoked(DeviceId device, ulong version) => _revoked.Add((device, version));

    public void ListShown(ulong version, string etag)
    {
        if (_lists.GetOrAdd(version, etag) != etag)
            _broken.Add($"version {version} of the list was shown twice, with two contents");
    }

    /// <summary>Once there are so many more certificates.</summary>
    public async Task MoreAsync(int certificates)
    {
        for (var n = 0; n < certificates; n++)
            await _news.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <returns>what does not hold, in words; empty: all does</returns>
    public async Task<IReadOnlyList<string>> BrokenAsync(RegistrationDb db)
    {
        var rows = (await db.Devices.AsNoTracking().ToListAsync()).ToDictionary(d => d.DeviceId);
        List<string> broken = [.. _broken];
        foreach (var certificate in _certificates)
        {
            if (!rows.TryGetValue(certificate.DeviceId.ToString(), out var row) || row.Serial != (long)certificate.Serial || row.DeviceNo != (long)certificate.DeviceNo)
                broken.Add($"the certificate {certificate.Serial} of {certificate.DeviceId} is lost");
        }
        foreach (var token in _spent.GroupBy(s => s.Token).Where(t => t.Select(s => s.Device).Distinct().Count() != 1))
            broken.Add($"a token was good for {token.Count()} devices");
        if (await db.TokenUses.GroupBy(u => u.SecretHash).AnyAsync(u => u.Count() > 1))
            broken.Add("a token was used twice");
        if (!InOrder(rows.Values.Select(d => d.Serial), from: 1) || !InOrder(rows.Values.Select(d => d.DeviceNo), from: 1))
            broken.Add("serials or device numbers are skipped or repeated");
        // The first list names nobody.
        if (!InOrder(rows.Values.Where(d => d.RevokedInVersion is not null).Select(d => d.RevokedInVersion!.Value), from: 2))
            broken.Add("versions of the list are skipped or repeated");
        foreach (var (device, version) in _revoked)
        {
            // Who asked again after a lost answer is told of a later one.
            if (!rows.TryGetValue(device.ToString(), out var row) || row.RevokedInVersion is not { } since || since > (long)version)
                broken.Add($"the revocation of {device} is lost");
        }
        return broken;
    }

    private static bool InOrder(IEnumerable<long> numbers, long from) => numbers.Order().Select((n, at) => n == from + at).All(isNext => isNext);
}
