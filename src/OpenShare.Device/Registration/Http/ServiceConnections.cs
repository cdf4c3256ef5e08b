using OpenShare.Protocol.Registration;

namespace OpenShare.Device.Registration.Http;

/// <summary>Keeps the connections to the contacts last used. A device has one service, and now and then a new one.</summary>
internal sealed class ServiceConnections(Func<ServiceContact, ServiceConnection> connect) : IDisposable
{
    private const int Kept = 4;

    private readonly Lock _gate = new();
    private readonly List<ServiceConnection> _connections = [];

    /// <exception cref="Protocol.Identity.ProtocolException">the contact's server trust cannot be read</exception>
    internal ServiceConnection To(ServiceContact contact)
    {
        lock (_gate)
        {
            var found = _connections.Find(c => c.Contact == contact);
            if (found is null)
                found = connect(contact);
            else
                _connections.Remove(found);
            _connections.Add(found);
            if (_connections.Count > Kept)
            {
                _connections[0].Dispose();
                _connections.RemoveAt(0);
            }
            return found;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _connections.ForEach(c => c.Dispose());
            _connections.Clear();
        }
    }
}
