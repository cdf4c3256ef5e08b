using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace OpenShare.Desktop.Windows;

/// <summary>
/// A window that is never shown, on a thread of its own: Windows tells windows alone of what is done at an icon. All that is called
/// of Windows about either is called on that thread.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed class MessageWindow
{
    private const string Class = "OpenShareDesktop";
    private const int AlreadyExists = 1410;
    private static readonly nint ClassName = Marshal.StringToHGlobalUni(Class);

    /// <summary>The queue has something.</summary>
    private const uint Work = User32.App + 1;

    // One for all of them: Windows keeps the class, and calls this, to the end of the program.
    private static readonly WindowProcedure OfClass = (window, message, wide, @long) => _ofThread!.Procedure(window, message, wide, @long);

    [ThreadStatic]
    private static MessageWindow? _ofThread;

    private readonly Func<uint, nint, nint, bool> _told;
    private readonly ConcurrentQueue<Action> _work = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MessageWindow(Func<uint, nint, nint, bool> told) => _told = told;

    private delegate nint WindowProcedure(nint window, uint message, nint wide, nint @long);

    internal nint Handle { get; private set; }

    internal Task Ended => _ended.Task;

    /// <param name="told">a message and its two parameters, on the window's thread; true: nothing more is to be done about it</param>
    /// <exception cref="IOException">there is nothing here that a window could be on</exception>
    internal static async Task<MessageWindow> OpenAsync(Func<uint, nint, nint, bool> told)
    {
        var window = new MessageWindow(told);
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => window.Run(opened)) { IsBackground = true, Name = "notification area" };
        // What Windows shows a person wants this.
        thread.SetApartmentState(ApartmentState.STA);
        thread.Start();
        await opened.Task;
        return window;
    }

    /// <summary>Does it on the window's thread, in order.</summary>
    /// <exception cref="IOException">the window is no more</exception>
    internal Task<T> DoAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Enqueue(() =>
        {
            try
            {
                done.TrySetResult(work());
            }
            catch (Exception e)
            {
                // Through Windows, which calls this, it would end the program.
                done.TrySetException(e);
            }
        });
        if (!User32.PostMessage(Handle, Work, 0, 0))
            done.TrySetException(new IOException("Windows' desktop is gone."));
        return Task.WhenAny(done.Task, Ended).ContinueWith(
            _ => done.Task.IsCompleted ? done.Task : Task.FromException<T>(new IOException("Windows' desktop is gone.")), TaskScheduler.Default).Unwrap();
    }

    /// <inheritdoc cref="DoAsync{T}"/>
    internal Task DoAsync(Action work) => DoAsync(() =>
    {
        work();
        return true;
    });

    internal async Task CloseAsync()
    {
        if (User32.PostMessage(Handle, User32.Close, 0, 0))
            await Ended;
    }

    private void Run(TaskCompletionSource opened)
    {
        try
        {
            _ofThread = this;
            Open();
            opened.SetResult();
            while (User32.GetMessage(out var message, 0, 0, 0) > 0)
                User32.DispatchMessage(message);
        }
        catch (IOException e)
        {
            opened.TrySetException(e);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private void Open()
    {
        var @class = new WindowClass
        {
            Size = (uint)Marshal.SizeOf<WindowClass>(), Procedure = Marshal.GetFunctionPointerForDelegate(OfClass), Name = ClassName,
        };
        if (User32.RegisterClass(@class) == 0 && Marshal.GetLastPInvokeError() != AlreadyExists)
            throw new IOException($"Windows knows no window of this program (error {Marshal.GetLastPInvokeError()}).");
        // No window for messages alone: those hear no broadcasts, and that a new taskbar came is one.
        Handle = User32.CreateWindow(0, Class, "OpenShare", 0, 0, 0, 0, 0, 0, 0, 0, 0);
        if (Handle == 0)
            throw new IOException($"Windows gives this program no window (error {Marshal.GetLastPInvokeError()}).");
    }

    private nint Procedure(nint window, uint message, nint wide, nint @long)
    {
        switch (message)
        {
            case Work:
                while (_work.TryDequeue(out var work))
                    work();
                return 0;
            case User32.Destroy:
                User32.PostQuitMessage(0);
                return 0;
            default:
                return _told(message, wide, @long) ? 0 : User32.DefaultProcedure(window, message, wide, @long);
        }
    }
}
