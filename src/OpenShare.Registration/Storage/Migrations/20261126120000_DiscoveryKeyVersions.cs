using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OpenShare.Registration.Storage.Migrations
{
    /// <inheritdoc />
    public partial class DiscoveryKeyVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // The key that an account has is its first.
            migrationBuilder.AddColumn<long>(
                name: "discovery_key_version",
                table: "accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1L);

            migrationBuilder.AddColumn<byte[]>(
                name: "signed_discovery_key",
                table: "accounts",
                type: "BLOB",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "discovery_key_version",
                table: "accounts");

            migrationBuilder.DropColumn(
                name: "signed_discovery_key",
                table: "accounts");
        }
    }
}
