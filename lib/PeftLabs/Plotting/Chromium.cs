using System.ComponentModel;
using System.Diagnostics;

namespace PeftLabs.Plotting;

/// <summary>Loads a page in headless Chromium (or Chrome, or Edge) and gives back what the page has become.</summary>
internal static class Chromium
{
    private const string Variable = "CHROMIUM";

    private static readonly string[] _names =
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge"];

    private static readonly string[] _places =
    [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    // A page may go on in virtual time until nothing is pending; this is the most of it, in milliseconds.
    private const int VirtualTime = 120_000;

    private static readonly string[] _flags =
    [
        "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--disable-dev-shm-usage",
        $"--virtual-time-budget={VirtualTime}", "--dump-dom",
    ];

    /// <summary>The browser: what the environment variable CHROMIUM names, or the first found; null where there is none.</summary>
    public static string? TryFind()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named) return File.Exists(named) ? named : null;
        var suffix = OperatingSystem.IsWindows() ? ".exe" : "";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var found = _names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name + suffix)));
        return found.Concat(_places).FirstOrDefault(File.Exists);
    }

    /// <summary>Loads a page and gives back its HTML once nothing is pending.</summary>
    /// <exception cref="InvalidOperationException">The browser could not be started, or gave no page back.</exception>
    /// <exception cref="TimeoutException">It took longer than the limit; the browser has been ended.</exception>
    public static string DumpDom(string browser, string pagePath, string profileFolder, TimeSpan limit)
    {
        using var process = Start(browser, pagePath, profileFolder);
        var messages = process.StandardError.ReadToEndAsync();
        var page = process.StandardOutput.ReadToEndAsync();
        try
        {
            if (!page.Wait(limit) || !process.WaitForExit(limit))
                throw new TimeoutException($"{browser} did not finish within {limit.TotalSeconds:0} s.");
            if (!page.Result.Contains("</html>", StringComparison.Ordinal))
                throw new InvalidOperationException(
                    $"{browser} ended with code {process.ExitCode} and no page: {LastLines(messages.Result)}");
            return page.Result;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string browser, string pagePath, string profileFolder)
    {
        var start = new ProcessStartInfo(browser) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var flag in _flags) start.ArgumentList.Add(flag);
        // The sandbox needs privileges that are dropped for root, who cannot start Chromium with it.
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess) start.ArgumentList.Add("--no-sandbox");
        start.ArgumentList.Add($"--user-data-dir={profileFolder}");
        start.ArgumentList.Add(new Uri(pagePath).AbsoluteUri);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"{browser} could not be started: {error.Message}", error);
        }
    }

    private static string LastLines(string text) => string.Join(" | ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(3));
}
