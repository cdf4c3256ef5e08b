using System.Collections;
using System.Text;
using QRCoder;

namespace OpenShare.Agent.Qr;

/// <summary>A QR, for a terminal, and as a picture: with its quiet zone, and with the least correction, since screens have no stains.</summary>
public sealed class QrCode : IDisposable
{
    // A picture of a screen at half its size is still read.
    private const int PixelsPerModule = 6;

    private readonly QRCodeData _data;
    private readonly PngByteQRCode _png;

    public QrCode(string text)
    {
        using var generator = new QRCodeGenerator();
        _data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.L);
        _png = new PngByteQRCode(_data);
    }

    /// <summary>Characters of a line of it in a terminal.</summary>
    public int Width => _data.ModuleMatrix.Count;

    public byte[] Png() => _png.GetGraphic(PixelsPerModule);

    /// <summary>Two modules to a character. Light is what is drawn: readers want dark on light, and most terminals are dark.</summary>
    /// <param name="coloured">for a terminal: dark on light whatever its own colours are</param>
    public string Text(bool coloured)
    {
        var (rows, text) = (_data.ModuleMatrix, new StringBuilder());
        for (var row = 0; row < rows.Count; row += 2)
        {
            text.Append(coloured ? "\u001b[97;40m" : "");
            for (var column = 0; column < rows.Count; column++)
            {
                text.Append((IsLight(rows[row], column), row + 1 == rows.Count || IsLight(rows[row + 1], column)) switch
                {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    _ => ' ',
                });
            }
            text.Append(coloured ? "\u001b[0m\n" : "\n");
        }
        return text.ToString().TrimEnd('\n');
    }

    // The data goes with what draws it.
    public void Dispose() => _png.Dispose();

    private static bool IsLight(BitArray row, int column) => !row[column];
}
