using System.Globalization;

namespace OpenShare.Relay;

internal static class Seconds
{
    public static bool TryParse(string text, out TimeSpan time)
    {
        var read = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= 86_400;
        time = TimeSpan.FromSeconds(read ? seconds : 0);
        return read;
    }
}
