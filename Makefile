# What a developer runs. Everything is done by dev/run; nothing is put in the checkout.
.DEFAULT_GOAL := help
.PHONY: help demo demo-stop demo-reset test lint format i18n canary compat replica screenshots bench clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: ## Start the demo on http://127.0.0.1:8069 (another port: PORT=8070)
demo-stop: ## Stop the demo; its data stays
demo-reset: ## Start the demo over with fresh data
test: ## Run every check but compat; the last line says how many passed
lint: ## Run the linters
format: ## Let the formatters rewrite the sources
i18n: ## Export the terms to i18n/ and list what is not translated
canary: ## Send every role round a committed database, then search its dump
compat: ## Run Odoo's own suites with the add-on installed
replica: ## Serve the portals from a streaming replica, then without it
screenshots: ## Take the pictures of the screens anew
bench: ## Measure forms, lists, billing, portal, social plans and more (some: ONLY="form portal")
clean: ## Delete the test databases

demo demo-stop demo-reset test lint format i18n canary compat replica screenshots bench clean:
	@dev/run $@
