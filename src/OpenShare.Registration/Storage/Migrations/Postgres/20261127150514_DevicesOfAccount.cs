using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OpenShare.Registration.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class DevicesOfAccount : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_devices_account",
                table: "devices");

            migrationBuilder.CreateIndex(
                name: "IX_devices_account_revoked_at",
                table: "devices",
                columns: new[] { "account", "revoked_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_devices_account_revoked_at",
                table: "devices");

            migrationBuilder.CreateIndex(
                name: "IX_devices_account",
                table: "devices",
                column: "account");
        }
    }
}
