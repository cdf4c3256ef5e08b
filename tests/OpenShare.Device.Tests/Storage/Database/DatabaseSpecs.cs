using System.Globalization;
using OpenShare.Device.Storage.Database;
using OpenShare.Device.Tests.Support;
using OpenShare.Device.Views;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Transfer;
using OpenShare.Protocol.Transfer.Manifests;

namespace OpenShare.Device.Tests.Storage.Database;

/// <summary>A database in a real file, closed and opened again before each look at what it holds.</summary>
public abstract class DatabaseSpecs : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected DatabaseSpecs() => Database = DeviceDatabase.Open(DatabaseFile);

    protected static DateTimeOffset Now { get; } = DateTimeOffset.Parse("2026-11-24T10:00:00.123Z", CultureInfo.InvariantCulture);

    private protected TestOrganisation Organisation { get; } = new(1, Now);

    private protected DeviceDatabase Database { get; private set; }

    public void Dispose()
    {
        Database.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected string DatabaseFile => _folder["device.db"];

    private protected DeviceDatabase Reopened()
    {
        Database.Dispose();
        return Database = DeviceDatabase.Open(DatabaseFile);
    }

    private protected static TransferRecord Transfer(int number, TransferState state = TransferState.Transferring, TransferDirection direction = TransferDirection.Receiving) => new(
        new TransferKey(direction, DeviceId.FromBytes(new SeededRandom(number).Bytes(16)), TransferId.New(new SeededRandom(number))),
        state, Problem: null, ManifestId.New(new SeededRandom(number)), ["/home/ann/photos", "/home/ann/a \"quoted\" name"], "/home/ben/Downloads",
        Now, Now.AddSeconds(5), "photos", "", 5_000_000_000, 10, 20, 5000, 1, TimeSpan.FromMilliseconds(1500));
}
