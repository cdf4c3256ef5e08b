using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using OpenShare.Protocol.Registration;
using OpenShare.Registration.Administration;
using OpenShare.Registration.Hosting;

namespace OpenShare.Registration.Commands;

/// <summary>Runs one administrative command: by the running service, else over the locked data directory; shows what came of it.</summary>
internal sealed class Administrator
{
    private static readonly JsonSerializerOptions ForPeople = new(RegistrationJson.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<DataDirectory> _data = CommonOptions.Data();
    private readonly DatabaseOptions _database = new();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly Option<string?> _passphraseFile = CommonOptions.PassphraseFile();

    /// <param name="exitCode">of the command by its answer; 0 where it is null</param>
    public Command Wire<T>(
        Command command,
        Func<ParseResult, IAdministration, CancellationToken, Task<Outcome<T>>> ask,
        Action<T, TextWriter> show,
        Func<T, int>? exitCode = null)
    {
        AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(parsed, admin => ask(parsed, admin, cancel), show, cancel, exitCode));
        return command;
    }

    /// <summary>The options that say which service, and how its answer is shown.</summary>
    public void AddTo(Command command)
    {
        command.Add(_data);
        _database.AddTo(command);
        command.Add(_passphraseFile);
        command.Add(_json);
    }

    public async Task<int> RunAsync<T>(
        ParseResult parsed, Func<IAdministration, Task<Outcome<T>>> ask, Action<T, TextWriter> show, CancellationToken cancel, Func<T, int>? exitCode = null)
    {
        var options = _database.Read(parsed, new RegistrationOptions(parsed.GetValue(_data)!) { PassphraseFile = parsed.GetValue(_passphraseFile) });
        var outcome = await AskAsync(options, ask, cancel);
        if (outcome is not Outcome<T>.Done done)
            throw new UserError(((Outcome<T>.Refused)outcome).Refusal.Detail);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json))
            output.WriteLine(JsonSerializer.Serialize(done.Value, ForPeople));
        else
            show(done.Value, output);
        return exitCode?.Invoke(done.Value) ?? 0;
    }

    private static async Task<Outcome<T>> AskAsync<T>(RegistrationOptions options, Func<IAdministration, Task<Outcome<T>>> ask, CancellationToken cancel)
    {
        if (options.Data.IsInUse)
        {
            using var running = await SocketAdministration.TryConnectAsync(options.Data.Socket, cancel);
            if (running is not null)
                return await ask(running);
        }
        using var core = await RegistrationCore.OpenExistingAsync(options, TimeProvider.System, new SystemRandom(), cancel);
        return await ask(core.Administration);
    }
}
