@echo off
rem Builds the kit once and runs it, with the packages from NuGet. Linux and macOS have the fuller script, lab.
setlocal
set "ROOT=%~dp0"
set DOTNET_NOLOGO=1
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_CLI_UI_LANGUAGE=en
if not defined PackageProvider set PackageProvider=nuget
set "PROGRAM=%ROOT%artifacts\bin\PeftLabs.Cli\release\lab.dll"
set "PLOTLY=%ROOT%artifacts\node_modules\plotly.js-basic-dist-min\plotly-basic.min.js"

if "%~1"=="" goto help
if "%~1"=="--help" goto help
if "%~1"=="help" goto help

where dotnet >nul 2>nul
if errorlevel 1 goto nodotnet
set "SDK="
for /f "tokens=1 delims=." %%v in ('dotnet --list-sdks') do if %%v GEQ 10 set "SDK=%%v"
if not defined SDK goto nodotnet

if exist "%PLOTLY%" goto build
where npm >nul 2>nul
if errorlevel 1 (
    echo lab: npm is missing, so figures cannot be drawn offline: install Node.js from https://nodejs.org 1>&2
    goto build
)
echo lab: fetching plotly.js, which draws the figures 1>&2
call npm install --prefix "%ROOT%artifacts" --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error plotly.js-basic-dist-min@4.1.1 1>&2
if errorlevel 1 (
    echo lab: npm could not fetch plotly.js 1>&2
    exit /b 3
)

:build
if "%~1"=="test" goto test
echo lab: building if something changed 1>&2
dotnet build "%ROOT%lib\PeftLabs.Cli\PeftLabs.Cli.csproj" -c Release -v q 1>&2
if errorlevel 1 exit /b 1
if "%~1"=="setup" exit /b 0
if "%~1"=="build" exit /b 0
dotnet "%PROGRAM%" %*
exit /b %ERRORLEVEL%

:test
rem A failing step does not hide the next one.
set FAILED=0
dotnet build "%ROOT%PeftLabs.sln" -c Release -v q 1>&2
if errorlevel 1 (
    echo 0 passed, 1 failed
    exit /b 1
)
dotnet format "%ROOT%PeftLabs.sln" --verify-no-changes --no-restore --severity warn 1>&2
if errorlevel 1 set FAILED=1
dotnet "%ROOT%artifacts\bin\PeftLabs.Tests\release\PeftLabs.Tests.dll" -noColor
if errorlevel 1 set FAILED=1
for %%n in ("%ROOT%notebooks\*.ipynb") do (
    dotnet "%PROGRAM%" check "%%n"
    if errorlevel 1 set FAILED=1
)
exit /b %FAILED%

:help
type "%ROOT%lib\PeftLabs.Cli\Script\help.txt"
exit /b 0

:nodotnet
echo lab: the .NET 10 SDK is missing: install it from https://dotnet.microsoft.com/download/dotnet/10.0 1>&2
exit /b 3
