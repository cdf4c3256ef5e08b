using System.CommandLine;
using System.Text.Json;
using OpenShare.Protocol.Identity;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Hosting;
using OpenShare.Registration.Keys.Offline;

namespace OpenShare.Registration.Commands;

/// <summary>What is done on the machine that holds the root key and is never online. No service and no data directory is there.</summary>
internal sealed class RootCommands(Person person)
{
    private readonly Option<string> _keyFile = new("--key-file") { Description = "The file of the root key, encrypted under its passphrase", HelpName = "FILE", Required = true };
    private readonly Option<string?> _passphraseFile = new("--passphrase-file") { Description = "A file that holds the passphrase of the root key [default: it is asked for]", HelpName = "FILE" };
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<bool> _yes = new("--yes") { Description = "Sign without asking, for scripts that have looked at what is signed" };
    private readonly Argument<string> _request = new("REQUEST") { Description = "The file that `key rotate --request` wrote at the service" };

    public static Command Create(Person person)
    {
        var commands = new RootCommands(person);
        var create = new DocumentedCommand("create", "Makes a root key.", "openshare-server root create --key-file root-key.json") { commands._keyFile, commands._passphraseFile, commands._json };
        create.SetAction(commands.Make);
        var sign = new DocumentedCommand(
            "sign", "Shows what a service asks the root key for and, after a yes, signs it into a file beside the request.",
            "openshare-server root sign request.json --key-file root-key.json") { commands._request, commands._keyFile, commands._passphraseFile, commands._yes, commands._json };
        sign.SetAction(commands.Sign);
        return new DocumentedCommand("root", "The root key, on a machine that is never online.", "openshare-server root create --key-file root-key.json") { create, sign };
    }

    private int Make(ParseResult parsed)
    {
        var file = parsed.GetValue(_keyFile)!;
        var key = RootKeyFile.Create(file, Passphrase(parsed), new SystemRandom());
        var text = Base64Url.Encode(key.Bytes);
        Tell(parsed, new { KeyId = key.KeyId, PublicKey = text, File = file },
            $"""
            The root key {key.KeyId} is in {file}. Keep a copy, and its passphrase: without them the organisation's keys cannot be exchanged.
            At the service: openshare-server key rotate --role root --root-key {text} --request request.json
            """);
        return 0;
    }

    private int Sign(ParseResult parsed)
    {
        var (file, keyFile) = (parsed.GetValue(_request)!, parsed.GetValue(_keyFile)!);
        var request = Open(file);
        foreach (var line in request.InPlainWords())
            parsed.InvocationConfiguration.Error.WriteLine(line);
        var last = keyFile + ".last";
        if (File.Exists(last))
            Compare(request.Next, Open(last).Next, parsed.InvocationConfiguration.Error);
        using var key = RootKeyFile.Open(keyFile, Passphrase(parsed));
        if (!request.RootKeys.Contains(key.PublicKey))
            throw new UserError($"Nothing was signed: the root key in {keyFile} is {key.PublicKey}, and this asks for one of {string.Join(", ", request.RootKeys)}.");
        if (!parsed.GetValue(_yes) && !person.SaysYes($"Is this what was asked for at the service, and is it to be signed by the root key {key.PublicKey}?"))
            throw new UserError("Nothing was signed.");
        var signed = request with { Next = request.Next.SignedBy(key) };
        signed.ToFile().Write(last);
        // One that has a signature already, and needs another, is signed where it is.
        var answer = file.EndsWith(Suffix, StringComparison.Ordinal) ? file : file + Suffix;
        signed.ToFile().Write(answer);
        Tell(parsed, new { KeyId = key.PublicKey.KeyId, TrustRootVersion = signed.Next.Version, File = answer },
            $"""
            Signed by the root key {key.PublicKey}: {answer}
            {(signed.Signed.Before ? "" : $"A root key of version {request.Before.Version} is to sign it too: the service does by itself where it still has that key.\n")}At the service: openshare-server key rotate --install {answer}
            """);
        return 0;
    }

    private const string Suffix = ".signed";

    private RootPassphrase Passphrase(ParseResult parsed) => new(parsed.GetValue(_passphraseFile), person);

    private void Tell(ParseResult parsed, object document, string text) => parsed.InvocationConfiguration.Output.WriteLine(
        parsed.GetValue(_json) ? JsonSerializer.Serialize(document, RegistrationJson.Options) : text);

    // Devices that are at the version before follow whichever comes first: two of one number part them for good.
    private static void Compare(TrustRootDraft asked, TrustRootDraft last, TextWriter error)
    {
        if (asked.Version < last.Version)
            throw new UserError($"Nothing was signed: this root key has signed version {last.Version} already, and this asks for version {asked.Version}. Whoever asks has an old copy of the service, or wants another version of that number.");
        if (asked.Version == last.Version && !asked.HasContentsOf(last))
            error.WriteLine($"CAREFUL: this root key has signed another version {asked.Version} already. Say no if that was installed, or if you do not know where it is.");
    }

    private static RootRequest Open(string file)
    {
        try
        {
            return RootRequestFile.Read(file).Open();
        }
        catch (ProtocolException error)
        {
            throw new UserError($"{file} is no request to a root key: {error.Message}");
        }
    }
}
