namespace OpenShare.Device.Storage;

/// <summary>The home, its key or its database cannot be used. The message says what, why and what to do.</summary>
public class StorageException : Exception
{
    public StorageException(string message) : base(message) { }

    public StorageException(string message, Exception inner) : base(message, inner) { }

    public StorageException() { }
}

/// <summary>Another process has the home: one that starts or ends may let go of it shortly.</summary>
public sealed class HomeInUseException : StorageException
{
    public HomeInUseException(string message) : base(message) { }

    public HomeInUseException(string message, Exception inner) : base(message, inner) { }

    public HomeInUseException() { }
}

/// <summary>There is no room for what is to be written. The same may be done again once there is.</summary>
public sealed class StorageFullException : StorageException
{
    public StorageFullException(string message) : base(message) { }

    public StorageFullException(string message, Exception inner) : base(message, inner) { }

    public StorageFullException() { }
}
