using StbImageSharp;
using ZXing;
using ZXing.Common;
using ZXing.QrCode;

namespace OpenShare.Agent.Qr;

/// <summary>The text of a QR in a picture: a screenshot, or a photograph of a screen.</summary>
public static class QrPicture
{
    /// <summary>Bytes of a picture's file: a camera's largest, and more.</summary>
    public const int LargestFile = 32 * 1024 * 1024;

    // Asked before anything is unpacked: a few bytes can claim to be any size.
    private const int MostPixels = 64 * 1024 * 1024;

    /// <exception cref="PictureException">no picture, too large, or there is no QR in it that can be read</exception>
    public static string Read(byte[] file, string name)
    {
        if (SizeOf(file) is not { } size)
            throw new PictureException($"{name} is neither a pairing token (one starts with osp1_) nor a picture in PNG, JPEG, BMP or GIF.");
        if ((long)size.Width * size.Height > MostPixels)
            throw new PictureException($"The picture {name} has {size.Width} x {size.Height} pixels: cut out the QR, and try again.");
        ImageResult picture;
        try
        {
            picture = ImageResult.FromMemory(file, ColorComponents.RedGreenBlue);
        }
        catch (Exception damaged) when (damaged is InvalidOperationException or IndexOutOfRangeException or ArgumentException or EndOfStreamException or OverflowException)
        {
            throw new PictureException($"The picture {name} is damaged.");
        }
        return Decode(new RGBLuminanceSource(picture.Data, picture.Width, picture.Height, RGBLuminanceSource.BitmapFormat.RGB24))
            ?? throw new PictureException($"There is no QR in {name} that can be read. Take it again, straight and whole, with its white edge.");
    }

    private static (int Width, int Height)? SizeOf(byte[] file)
    {
        try
        {
            using var stream = new MemoryStream(file);
            return ImageInfo.FromStream(stream) is { } info ? (info.Width, info.Height) : null;
        }
        catch (Exception none) when (none is InvalidOperationException or IndexOutOfRangeException or ArgumentException or EndOfStreamException or OverflowException)
        {
            return null;
        }
    }

    // A photograph has its ways of telling dark from light. Where something in the code looks like a corner of it to either, a picture
    // that is nothing but the code is read without looking for corners.
    private static string? Decode(LuminanceSource source)
    {
        foreach (var (binarizer, isPure) in ((Binarizer, bool)[])[(new HybridBinarizer(source), false), (new GlobalHistogramBinarizer(source), false), (new GlobalHistogramBinarizer(source), true)])
        {
            var hints = new Dictionary<DecodeHintType, object> { [DecodeHintType.TRY_HARDER] = true, [DecodeHintType.CHARACTER_SET] = "UTF-8" };
            if (isPure)
                hints[DecodeHintType.PURE_BARCODE] = true;
            if (new QRCodeReader().decode(new BinaryBitmap(binarizer), hints) is { } found)
                return found.Text;
        }
        return null;
    }
}
