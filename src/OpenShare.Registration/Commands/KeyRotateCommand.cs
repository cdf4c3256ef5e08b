using System.CommandLine;
using System.CommandLine.Parsing;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Keys.Offline;
using static OpenShare.Registration.Administration.AdministrationMessages;

namespace OpenShare.Registration.Commands;

/// <summary>`key rotate`: at once, or in two halves with the offline root key's signature between them.</summary>
internal sealed class KeyRotateCommand
{
    private readonly Administrator _administrator;
    private readonly Option<string?> _role = new("--role") { Description = "Which: issuing signs certificates, crl revocation lists, root the list of keys itself", HelpName = "issuing|crl|root" };
    private readonly Option<bool> _withdraw = new("--withdraw") { Description = "The key before it is in other hands: nothing that it signed counts any more. Devices renew their certificates by themselves" };
    private readonly Option<string?> _request = new("--request") { Description = "Write what an offline root key is to sign into this file; `root sign` signs it there", HelpName = "FILE" };
    private readonly Option<string?> _rootKey = new("--root-key") { Description = "With --role root: the public key of a root key that `root create` made offline", HelpName = "KEY" };
    private readonly Option<string?> _install = new("--install") { Description = "Install what the offline root key has signed", HelpName = "FILE" };

    private KeyRotateCommand(Administrator administrator)
    {
        _administrator = administrator;
        _role.AcceptOnlyFromAmong("issuing", "crl", "root");
    }

    public static Command Create(Administrator administrator)
    {
        var rotate = new KeyRotateCommand(administrator);
        var command = new DocumentedCommand(
            "rotate", "Makes the next key of a role. Devices follow within the hour, without registering again.", "openshare-server key rotate --role issuing")
        {
            rotate._role, rotate._withdraw, rotate._request, rotate._rootKey, rotate._install,
        };
        command.Validators.Add(rotate.Check);
        administrator.AddTo(command);
        command.SetAction(rotate.RunAsync);
        return command;
    }

    private void Check(CommandResult given)
    {
        // Whether they are there, and not their values: one that cannot be read is said already.
        bool Has(Option option) => given.GetResult(option) is { Implicit: false };
        if (Has(_role) == Has(_install))
            given.AddError("Name a --role to rotate, or the file to --install.");
        else if (Has(_install) && (Has(_withdraw) || Has(_request) || Has(_rootKey)))
            given.AddError("--install has nothing beside it: what is installed is in the file.");
        else if (Has(_rootKey) && (!Has(_request) || given.GetResult(_role)?.Tokens is not [{ Value: "root" }]))
            given.AddError("--root-key goes with --role root and --request.");
    }

    private Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        var (role, withdraw) = (parsed.GetValue(_role)!, parsed.GetValue(_withdraw));
        if (parsed.GetValue(_install) is { } answer)
            return _administrator.RunAsync(parsed, admin => admin.InstallRotationAsync(RootRequestFile.Read(answer), cancel), Tell, cancel);
        if (parsed.GetValue(_request) is { } file)
            return _administrator.RunAsync(parsed, admin => RequestAsync(admin, new RequestRotation(role, withdraw, parsed.GetValue(_rootKey)), file, cancel), Tell, cancel);
        return _administrator.RunAsync(parsed, admin => admin.RotateKeyAsync(new RotateKey(role, withdraw), cancel), Tell, cancel);
    }

    private static async Task<Outcome<RequestWritten>> RequestAsync(IAdministration admin, RequestRotation request, string file, CancellationToken cancel)
    {
        if (File.Exists(file))
            throw new UserError($"{file} is there already. Name another file for the request.");
        return (await admin.RequestRotationAsync(request, cancel)).Then<RequestWritten>(asked =>
        {
            asked.Write(file);
            var open = asked.Open();
            return new RequestWritten(file, open.Next.Version, open.AnswerBy, [.. open.InPlainWords()]);
        });
    }

    private static void Tell(RequestWritten written, TextWriter output)
    {
        foreach (var line in written.Asks)
            output.WriteLine(line);
        output.WriteLine($"Nothing is changed yet. Take {written.File} to the root key, sign it there with `openshare-server root sign`, and install what that writes with `openshare-server key rotate --install`.");
    }

    private static void Tell(KeyRotated rotated, TextWriter output)
    {
        output.WriteLine($"The {rotated.Role} key is now {rotated.KeyId}; {rotated.Replaced} {Fate(rotated)}. The trust root is now version {rotated.TrustRootVersion}. Back up the signing keys.");
        if (rotated.NotRemoved is { } left)
            output.WriteLine(left);
    }

    private static string Fate(KeyRotated rotated) => rotated switch
    {
        { Withdrawn: false } => "is kept for what it signed",
        { Role: "root" } => "is withdrawn. Backups of the signing keys from before hold it still, and devices that were off believe it: destroy them",
        _ => "is withdrawn: nothing that it signed counts any more",
    };

    /// <param name="Asks">in plain words</param>
    internal sealed record RequestWritten(string File, uint TrustRootVersion, DateTimeOffset AnswerBy, IReadOnlyList<string> Asks);
}
