namespace OpenShare.Desktop.Tray;

/// <summary>The icon in the tray, drawn: a disk whose colour and sign are the state, so that neither alone has to be told apart.</summary>
internal static class TrayIcon
{
    private const int Finer = 4;
    private static readonly int[] Sizes = [22, 32, 48];

    /// <summary>As a(iiay): width, height, and ARGB in network byte order.</summary>
    internal static object[] Pixmaps(TrayState state) => [.. Sizes.Select(size => (object)new object[] { size, size, Draw(state, size) })];

    /// <returns>four bytes a pixel, alpha first, line by line from the top</returns>
    internal static byte[] Draw(TrayState state, int size)
    {
        var (red, green, blue) = Colour(state);
        var pixels = new byte[size * size * 4];
        for (var y = 0; y < size; y++)
            for (var x = 0; x < size; x++)
            {
                int disk = 0, sign = 0;
                for (var part = 0; part < Finer * Finer; part++)
                {
                    // From -1 to 1, each way.
                    var across = (x + (part % Finer + 0.5) / Finer) / size * 2 - 1;
                    var down = (y + (part / Finer + 0.5) / Finer) / size * 2 - 1;
                    if (across * across + down * down > 0.95 * 0.95)
                        continue;
                    disk++;
                    sign += IsSign(state, across, down) ? 1 : 0;
                }
                if (disk == 0)
                    continue;
                var at = (y * size + x) * 4;
                pixels[at] = (byte)(255 * disk / (Finer * Finer));
                pixels[at + 1] = Mixed(red, sign, disk);
                pixels[at + 2] = Mixed(green, sign, disk);
                pixels[at + 3] = Mixed(blue, sign, disk);
            }
        return pixels;
    }

    private static byte Mixed(byte colour, int white, int of) => (byte)(colour + (255 - colour) * white / of);

    private static (byte Red, byte Green, byte Blue) Colour(TrayState state) => state switch
    {
        TrayState.Idle => (0x2f, 0x6f, 0xb5),
        TrayState.Sending or TrayState.Receiving => (0x1f, 0x8a, 0x4c),
        TrayState.Warning => (0xc2, 0x5a, 0x00),
        _ => (0x80, 0x80, 0x80),
    };

    private static bool IsSign(TrayState state, double across, double down) => state switch
    {
        TrayState.Sending => IsArrow(across, -down),
        TrayState.Receiving => IsArrow(across, down),
        TrayState.Warning => Math.Abs(across) < 0.14 && (down is > -0.6 and < 0.15 or > 0.35 and < 0.62),
        TrayState.Offline => Math.Abs(across + down) < 0.2 && Math.Abs(across - down) < 1.1,
        _ => Math.Abs(down) < 0.12 && Math.Abs(across) < 0.5 || IsDot(across - 0.5, down) || IsDot(across + 0.5, down),
    };

    private static bool IsDot(double across, double down) => across * across + down * down < 0.25 * 0.25;

    private static bool IsArrow(double across, double down) =>
        Math.Abs(across) < 0.14 && down is > -0.6 and < 0.1 || down is >= 0.0 and < 0.6 && Math.Abs(across) < 0.6 - down;
}
