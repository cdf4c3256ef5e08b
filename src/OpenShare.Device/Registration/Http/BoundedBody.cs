namespace OpenShare.Device.Registration.Http;

/// <summary>Reads an answer's body up to a limit, whatever its headers say of its length.</summary>
internal static class BoundedBody
{
    /// <returns>null: it is longer than the limit</returns>
    internal static async Task<ReadOnlyMemory<byte>?> Read(HttpContent content, int limit, CancellationToken cancellation)
    {
        if (content.Headers.ContentLength > limit)
            return null;
        await using var stream = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var body = new byte[Math.Min(limit, 16 * 1024) + 1];
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(body.AsMemory(length), cancellation).ConfigureAwait(false);
            if (read == 0)
                return body.AsMemory(0, length);
            length += read;
            if (length > limit)
                return null;
            if (length == body.Length)
                Array.Resize(ref body, Math.Min(2 * length, limit + 1));
        }
    }
}
