using System.Text;
using OpenShare.Simulation.Devices;

namespace OpenShare.Simulation.Invariants;

/// <summary>No device's private key is in anything that it sends, raw or as text.</summary>
internal sealed class NoKeyInMessages : Invariant
{
    private readonly Dictionary<SimulatedDevice, (byte[] Seed, byte[][] Forms)> _forms = [];

    internal override string Name => "no-key-in-messages";

    internal override void OnMessage(SimulatedDevice device, ReadOnlySpan<byte> bytes)
    {
        foreach (var form in Forms(device))
        {
            if (bytes.IndexOf(form) >= 0)
                Alarm($"{device.Name} sends its private key, in a message of {bytes.Length} bytes");
        }
    }

    private byte[][] Forms(SimulatedDevice device)
    {
        if (device.Keys.Seed is not { } seed)
            return [];
        if (!_forms.TryGetValue(device, out var known) || known.Seed != seed)
            _forms[device] = known = (seed, FormsOf(seed));
        return known.Forms;
    }

    private static byte[][] FormsOf(byte[] seed)
    {
        var base64 = Convert.ToBase64String(seed).TrimEnd('=');
        string[] texts = [base64, base64.Replace('+', '-').Replace('/', '_'), Convert.ToHexString(seed), Convert.ToHexStringLower(seed)];
        return [seed, .. texts.Select(Encoding.ASCII.GetBytes)];
    }
}
