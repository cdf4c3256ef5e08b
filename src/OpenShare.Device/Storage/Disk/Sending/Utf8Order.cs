namespace OpenShare.Device.Storage.Disk.Sending;

/// <summary>The order of strings by their UTF-8 bytes, which is that of code points: UTF-16 alone puts surrogates too low.</summary>
internal sealed class Utf8Order : IComparer<string>
{
    internal static readonly Utf8Order Instance = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> left = x, right = y;
        var common = left.CommonPrefixLength(right);
        return common == left.Length || common == right.Length ? left.Length - right.Length : Rank(left[common]) - Rank(right[common]);
    }

    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
